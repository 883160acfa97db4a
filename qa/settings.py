"""The settings of a bot: few, frozen, from arguments or from CORPUS_QA_… in the environment."""

from typing import Literal

from pydantic_settings import BaseSettings, SettingsConfigDict

Caution = Literal["cautious", "balanced", "eager"]


class Settings(BaseSettings):
    """How a bot is put together; an unknown name is an error.

    `model` is the embedding model: a folder, an installed package's name or a hub name, which needs
    `online`; None is the one that the index was made with. `device` is "cpu" or what torch calls
    its devices. `threads` is None for all cores. `reader` is "own" for the one that ships, "off",
    or the folder of one that `qa.reader.export` wrote. `caution` sets how sure an answer must be to
    be given.
    """

    model_config = SettingsConfigDict(env_prefix="CORPUS_QA_", extra="forbid", frozen=True)

    model: str | None = None
    device: str = "cpu"
    threads: int | None = None
    online: bool = False
    reader: str = "own"
    caution: Caution = "balanced"
