"""The settings of a bot: few, frozen, from arguments, CORPUS_QA_… in the environment or a file."""

import os
import reprlib
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from qa.errors import SettingsError

Caution = Literal["cautious", "balanced", "eager"]
CONFIG = "CORPUS_QA_CONFIG"
DEFAULT_CONFIG = Path("corpus-qa.toml")


class Settings(BaseSettings):
    """How a bot is put together; an unknown name is an error.

    `model` is the embedding model: a folder, an installed package's name or a hub name, which needs
    `online`; None is the one that the index was made with. `device` is "cpu" or what torch calls
    its devices. `threads` is None for all cores. `reader` is "own" for the one that ships, "off",
    the folder of one that `qa.reader.export` wrote, or what `qa.opening.reader_for` opens besides;
    `calibration` is the file that `evals.calibrate` wrote for it, None for the shipped one.
    `caution` sets how sure an answer must be to be given.

    `llm` is the language model that writes answers (docs/language-models.md), None for none;
    `llm_args` are handed to it, and hold no key. `llm_timeout` is in seconds for one answer.
    `unsupported` says what becomes of sentences that the articles do not bear out.

    `chroma` is the URL of a Chroma server: where to put the vectors that are indexed, and where to
    find those that are on one; None is where they are, "off" the data folder (docs/scaling.md).

    Arguments go before the environment, and that before the TOML file that CORPUS_QA_CONFIG
    names, or `corpus-qa.toml` in the current folder. Raises SettingsError for such a file.
    """

    model_config = SettingsConfigDict(env_prefix="CORPUS_QA_", extra="forbid", frozen=True)

    model: str | None = None
    device: str = "cpu"
    threads: int | None = None
    online: bool = False
    reader: str = "own"
    calibration: Path | None = None
    caution: Caution = "balanced"
    llm: str | None = None
    llm_args: dict[str, Any] = {}
    llm_timeout: float = Field(default=45.0, gt=0, le=3600)
    unsupported: Literal["remove", "mark"] = "remove"
    chroma: str | None = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the TOML file too, after the environment."""
        return (init_settings, env_settings, *_file(settings_cls))


def _file(settings: type[BaseSettings]) -> tuple[TomlConfigSettingsSource, ...]:
    named = os.environ.get(CONFIG)
    path = Path(named).expanduser() if named else DEFAULT_CONFIG
    if not named and not path.is_file():
        return ()
    try:
        source = TomlConfigSettingsSource(settings, path)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is no TOML file: {error}.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}.") from error
    if not path.is_file():
        raise SettingsError(f"{path}, which {CONFIG} names, is no file.")
    unknown = sorted(set(source.toml_data) - set(settings.model_fields))
    if unknown:
        raise SettingsError(
            f"{path} has the setting {unknown[0]!r}, which there is not; "
            f"there are {', '.join(settings.model_fields)}."
        )
    for key, value in source.toml_data.items():
        _check(settings, path, key, value)
    return (source,)


def _check(settings: type[BaseSettings], path: Path, key: str, value: object) -> None:
    """Raise SettingsError for a value that the setting cannot have."""
    try:
        TypeAdapter(settings.model_fields[key].rebuild_annotation()).validate_python(value)
    except ValidationError as error:
        told = error.errors(include_url=False, include_context=False)[0]["msg"]
        # What is meant for a language model may be a key: it is never repeated.
        shown = "" if key == "llm_args" else f" = {reprlib.repr(value)}"
        raise SettingsError(f"{path}: {key}{shown} is refused: {told}.") from None
