"""The campaigner's desk, `/desk`: one module for each subject, with its blueprint; `access` says who may do what."""
