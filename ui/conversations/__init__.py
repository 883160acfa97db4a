"""Past conversations: kept in one file, each its owner's alone, found again after a restart."""

from ui.conversations.store import Conversations, Limits
from ui.conversations.types import Judged, StoredTurn, Summary, Thumb, history

__all__ = ["Conversations", "Judged", "Limits", "StoredTurn", "Summary", "Thumb", "history"]
