"""A viewer without a browser: speaks Streamlit's websocket, asks for reruns, waits until each is drawn."""

from types import TracebackType
from typing import Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

ENDS = ("script_finished", "fragment_finished")


class Viewer:
    """One session of one person on one page."""

    def __init__(self, port: int, person_id: int, page: str) -> None:
        self._page = page
        self._fragment = ""
        self._connection: ClientConnection = connect(
            f"ws://127.0.0.1:{port}/_stcore/stream",
            additional_headers={"Cookie": f"touchstone_person={person_id}"},
            origin=None,
            max_size=None,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._connection.close()

    def rerun(self) -> str:
        """Ask for a whole rerun, wait for its end, and return the texts that were sent."""
        return self._asked("")

    def rerun_fragment(self) -> str:
        """Ask for a rerun of the page's fragment, as a click inside it does; a whole rerun came before."""
        return self._asked(self._fragment)

    def _asked(self, fragment: str) -> str:
        asked = BackMsg()
        asked.rerun_script.query_string = ""
        asked.rerun_script.page_name = self._page
        asked.rerun_script.fragment_id = fragment
        self._connection.send(asked.SerializeToString())
        texts: list[str] = []
        while True:
            message = ForwardMsg()
            message.ParseFromString(self._connection.recv(timeout=60, decode=False))
            if message.WhichOneof("type") in ENDS:
                return "\n".join(texts)
            self._fragment = message.delta.fragment_id or self._fragment
            texts.append(str(message))
