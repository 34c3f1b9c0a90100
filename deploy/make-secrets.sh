#!/bin/sh
# Makes the secrets of compose.yaml, once: what is there already stays as it is. Keep a copy of secrets/ apart from the machine.
#
#   sh make-secrets.sh                                            asks for the address of the mail server
#   sh make-secrets.sh smtp://user:password@mail.example.org:587?starttls=1
set -eu
cd "$(dirname "$0")"
# Only root comes into the folder; inside, the programs of the containers may read, each what is handed to it.
mkdir -p -m 0700 secrets

keep() {
    if [ ! -s "secrets/$1" ]; then
        printf '%s' "$2" > "secrets/$1"
        chmod 0444 "secrets/$1"
    fi
}

keep secret_key "$(openssl rand -hex 32)"
keep log_key "$(openssl rand -hex 32)"
keep postgres_password "$(openssl rand -hex 24)"
keep redis_password "$(openssl rand -hex 24)"
keep database_url "postgresql+psycopg://countersign:$(cat secrets/postgres_password)@postgres:5432/countersign"
keep redis_url "redis://:$(cat secrets/redis_password)@valkey:6379/0"
if [ ! -s secrets/mail_url ]; then
    if [ $# -gt 0 ]; then
        mail_url=$1
    else
        printf 'The address of the mail server (MAIL_URL): '
        read -r mail_url
    fi
    keep mail_url "$mail_url"
fi
