"""Any sequence of what people do, by several processes at once, leaves a log that holds, and whose total is the count."""

import json
import multiprocessing
import random
import runpy
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import bindparam, text

from campaign.cli import countersign
from campaign.config import load_settings
from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.log.receipt import Receipt
from campaign.domain.log.tiles import TILE_WIDTH, tile_path
from campaign.domain.moderation.removal import RemovalKind
from campaign.domain.paper.entry import PaperEntry
from campaign.runtime import Runtime
from campaign.runtime import make_runtime as make_runtime_of
from campaign.security.tokens import SignatureRef
from campaign.services.ledger import count
from campaign.services.log import append
from campaign.services.log.receipts import ReceiptUnavailableError, make_receipt
from campaign.services.log.reconcile import reconcile_tree
from campaign.services.moderation import removals
from campaign.services.paper import type_in
from campaign.services.paper.type_in import LineError
from campaign.services.signatures import erase
from campaign.services.signatures import sign as signing
from campaign.store.campaigns import campaigns
from campaign.store.log.append import EVENTS
from tests.docs import project_files
from tests.services.log.test_append import advance, audited, checkpoint_of, sign_and_verify
from tests.support.compile_cache import make_app
from tests.support.factories import ManualClock, new_campaign
from tests.support.processes import shared_settings

PEOPLE = 12
STEPS = 22
HANDS = 3
BEGIN_SECONDS = 50
CHECKER = project_files.ROOT / "campaign" / "static" / "check.py"
_FORK_SERVER = multiprocessing.get_context("forkserver")


def live(runtime: Runtime, campaign: Campaign, seed: int, everybody_began: Barrier) -> None:
    """Somebody does whatever can be done, in any order, to anybody's signature."""
    chance = random.Random(seed)

    def anybody() -> int:
        with runtime.reading() as connection:
            return chance.choice(connection.execute(text("SELECT id FROM signatures ORDER BY id")).scalars().all())

    lines: list[tuple[int, int]] = []
    mine: set[int] = set()

    def enter_paper() -> None:
        """Type in a line of paper: a new one, or one that was taken back."""
        line = chance.choice([line for _, line in lines] or [0]) if chance.random() < 0.4 else 0
        entry = PaperEntry(line or 1_000 * seed + len(lines) + 1, f"Paper {seed} {line or len(lines)}", "GB", "SW1A 1AA")
        with suppress(LineError):
            signature = type_in.type_in_line(runtime, COMMAND_LINE, campaign, None, entry, allow_likely=True)
            with runtime.reading() as connection:
                sql = text("SELECT intake_id FROM signatures WHERE id = :id")
                lines.append((connection.execute(sql, {"id": signature}).scalar_one(), entry.line))
            mine.add(signature)

    def take_back_paper() -> None:
        if lines:
            type_in.undo_line(runtime, COMMAND_LINE, campaign, *chance.choice(lines))

    def one_of_each() -> None:
        """Each act there is, on a signature that nobody else has: it stands in every log, whatever chance does."""
        for act in (
            lambda: sign_and_verify(runtime, campaign, f"own-{seed}@example.org"),
            lambda: signing.withdraw_signature(runtime, own()),
            lambda: sign_and_verify(runtime, campaign, f"own-{seed}@example.org"),
            lambda: removals.invalidate_signature(runtime, COMMAND_LINE, own(), RemovalKind.PROGRAM, "a bot"),
            lambda: removals.restore_signature(runtime, COMMAND_LINE, own(), "no bot"),
            enter_paper,
            take_back_paper,
            lambda: erase.erase_signature(runtime, COMMAND_LINE, campaign.id, own(), "they asked"),
        ):
            act()
            # Another process may be counting just now: what is undone before it was counted is no event.
            while not is_counted():
                count.advance_ledgers(runtime)

    def is_counted() -> bool:
        with runtime.reading() as connection:
            sql = text("SELECT count(*) FROM signatures WHERE counted_as <> state AND id IN :ids")
            waiting = connection.execute(sql.bindparams(bindparam("ids", expanding=True)), {"ids": [own(), *mine]})
            return not waiting.scalar_one()

    def own() -> int:
        with runtime.reading() as connection:
            sql = text("SELECT id FROM signatures WHERE email_key = :key")
            found = connection.execute(sql, {"key": f"own-{seed}@example.org"}).scalar()
        mine.update(() if found is None else (int(found),))
        return int(found or 0)

    moves: list[Callable[[], object]] = [
        lambda: sign_and_verify(runtime, campaign, f"{chance.randrange(PEOPLE)}@example.org", name=f"Ada {chance.random()}"),
        lambda: sign_and_verify(runtime, campaign, f"{seed}-{chance.randrange(PEOPLE)}@example.org"),
        lambda: signing.withdraw_signature(runtime, anybody()),
        lambda: removals.invalidate_signature(runtime, COMMAND_LINE, anybody(), RemovalKind.PROGRAM, "a bot"),
        lambda: removals.restore_signature(runtime, COMMAND_LINE, anybody(), "no bot"),
        lambda: erase.erase_signature(runtime, COMMAND_LINE, campaign.id, anybody(), "they asked"),
        enter_paper,
        take_back_paper,
        lambda: count.advance_ledgers(runtime),
        lambda: append.advance_log(runtime),
    ]
    weights = [6, 4, 3, 2, 3, 1, 2, 1, 3, 3]
    one_of_each()
    # From here on nobody's signature is one's own.
    everybody_began.wait(BEGIN_SECONDS)
    for move in chance.choices(moves, weights, k=STEPS):
        move()


def live_in_process(settings: dict[str, str], campaign_id: int, seed: int, everybody_began: Barrier) -> None:
    """The same in a process of its own, with a clock of its own; what fails ends it."""
    clock = ManualClock()
    runtime = make_runtime_of(load_settings(_env_file=None, **settings))
    runtime.now = lambda: clock.advance(milliseconds=1) or clock()
    try:
        with runtime.reading() as connection:
            campaign = campaigns.get_by_id(connection, campaign_id)
        live(runtime, campaign, seed, everybody_began)
    finally:
        runtime.close()


def published_folder(runtime: Runtime, folder: Path) -> Path:
    """What the site publishes of its log, as files."""
    client, size = make_app(runtime).test_client(), checkpoint_of(runtime).size
    paths = ["log/checkpoint", "log/key", "c/save-the-pond/count.json", "c/save-the-pond/history.json", "c/save-the-pond.json"]
    widths = [min(TILE_WIDTH, size - start) for start in range(0, size, TILE_WIDTH)]
    paths += [f"log/{tile_path(level, index, width)}" for index, width in enumerate(widths) for level in (None, 0)]
    for path in paths:
        answer = client.get(f"/{path}")
        assert answer.status_code == 200, path
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(answer.data)
    return folder


def receipts_of(runtime: Runtime) -> Iterator[Receipt]:
    """The receipts that signatories can have: of those who count by the entry that is of their details."""
    with runtime.reading() as connection:
        sql = text("SELECT id, link_key FROM signatures WHERE state = 'verified' AND kind = 'online'")
        rows = connection.execute(sql).all()
    for row in rows:
        own = signing.get_own_signature(runtime, SignatureRef(row.id, row.link_key))
        assert own is not None
        with suppress(ReceiptUnavailableError):
            yield make_receipt(runtime, own, "")


@pytest.mark.parametrize("seed", [1])
def test_whatever_happens_the_log_holds(runtime: Runtime, now: ManualClock, tmp_path: Path, seed: int) -> None:
    campaign = new_campaign(runtime)
    everybody_began = _FORK_SERVER.Barrier(HANDS)
    processes = [
        _FORK_SERVER.Process(
            target=live_in_process, args=(shared_settings(runtime), campaign.id, 10 * seed + hand, everybody_began)
        )
        for hand in range(HANDS)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * HANDS
    now.advance(hours=1)
    advance(runtime)
    with runtime.reading() as connection:
        current = campaigns.get_by_id(connection, campaign.id)
        erased = text(
            "SELECT count(*) FROM log_leaves f JOIN ledger l ON l.campaign_id = f.campaign_id AND l.sequence = f.sequence "
            "JOIN signatures s ON s.id = l.signature_id WHERE s.erased_at IS NOT NULL AND f.salt IS NOT NULL"
        )
        assert connection.execute(erased).scalar_one() == 0
    audit = audited(runtime)
    assert audit.campaigns[campaign.slug].total == current.verified
    events = audit.campaigns[campaign.slug].events()
    assert {event: events[event] >= HANDS for event in EVENTS} == dict.fromkeys(EVENTS, True)
    assert audit.size == audit.campaigns[campaign.slug].sequence == current.sequence > 10
    found = count.reconcile_campaign(runtime, campaign)
    assert (found.log_drift, found.consistent, reconcile_tree(runtime)) == (0, True, 0)
    # And so say those who know nothing of us: both checkers, of what is published.
    folder = str(published_folder(runtime, tmp_path / "site"))
    memory = str(tmp_path / "memory.json")
    assert runpy.run_path(str(CHECKER))["main"]([folder, "--memory", memory]) == 0
    checked = CliRunner().invoke(countersign, ["verify-log", folder, "--memory", f"{memory}.2"])
    assert checked.exit_code == 0, checked.output
    assert f"{current.verified:,} shown, and so says the log" in checked.output
    # And each signatory who has a receipt, alone with it.
    receipts = list(receipts_of(runtime))
    assert receipts
    for receipt in receipts:
        assert receipt.verify(runtime.log_key.verifier_key).checkpoint.size == audit.size
    (tmp_path / "receipt.txt").write_text(receipts[-1].serialise())
    checked = CliRunner().invoke(countersign, ["verify-receipt", str(tmp_path / "receipt.txt"), "--log", folder])
    assert checked.exit_code == 0, checked.output
    assert json.loads((tmp_path / "site/c/save-the-pond/count.json").read_text())["signatures"] == current.verified
