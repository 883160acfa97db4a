"""The tables of past conversations, as the steps that lead from each version to the next."""

# A database says in `user_version` how many of the steps it has taken. A step that was released is
# never changed: what comes later is a step of its own, appended here.
STEPS = (
    """
    CREATE TABLE conversations (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        owner TEXT NOT NULL,
        title TEXT NOT NULL,
        named INTEGER NOT NULL,
        updated TEXT NOT NULL,
        place INTEGER NOT NULL
    );
    CREATE INDEX conversations_by_owner ON conversations (owner, place);
    CREATE TABLE turns (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        conversation INTEGER NOT NULL REFERENCES conversations (number) ON DELETE CASCADE,
        shown INTEGER NOT NULL DEFAULT 1,
        asked TEXT NOT NULL,
        question TEXT NOT NULL,
        filters TEXT,
        answer TEXT,
        generation TEXT NOT NULL,
        thumb TEXT CHECK (thumb IN ('up', 'down')),
        comment TEXT NOT NULL DEFAULT '',
        judged TEXT
    );
    CREATE INDEX turns_by_conversation ON turns (conversation, id);
    CREATE INDEX turns_judged ON turns (id) WHERE thumb IS NOT NULL;
    """,
)
# `named` tells a title that a person gave from one made of the first question. `place` orders an
# owner's conversations by when they were last asked in: clocks stand still and go back.
# AUTOINCREMENT: an answer that comes late, for a turn that was cut, must never find another turn
# under its id. `shown` is 0 for a turn that was cut and had been judged: its judgement outlives it.
APPLICATION = 0x63714131  # "cqA1": what tells this file from any other SQLite database
