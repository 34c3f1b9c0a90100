"""Texts of the campaigns of the catalogue."""

LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
LONG_URL = "https://example.org/a/long/address/without/any/place/where/it/could/be/broken/0123456789abcdefghij"
ASK = (
    "We ask the council to **keep the pond**, and to look after it.\n\nIt costs less than [the car park](https://example.org/)."
)
BACKGROUND = (
    "## What it is\n\nThe pond is *older* than the village.\n\n- Frogs\n- Ducks\n- Children\n\n"
    "> My mother learnt to skate on it.\n\n### What it costs\n\n1. Nothing\n2. Very little\n\n"
    + "It is loved by everybody here. "
    * 20
)
GOALS = (3, 10, 1_000)
