"""Templates."""

from __future__ import annotations

from .._models.templates import Deleted, Preview, Template
from .._values import digits, whole_seconds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta
    from typing import Any

    from typing_extensions import Unpack

    from .._options import CallOptions
    from .engine import AsyncEngine
    from .pending import PendingPage


class AsyncTemplatesResource:
    """Texts of messages with a code."""

    __slots__ = ("_engine",)

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def create(
        self,
        *,
        name: str,
        translations: Mapping[str, str],
        channels: Mapping[str, Any] | None = None,
        **options: Unpack[CallOptions],
    ) -> Template:
        """Create a template.

        Args:
            name: your name for it.
            translations: the text in each language, by BCP 47 tag, with `{{code}}` and optionally `{{app}}`,
                `{{minutes}}` and `{{metadata.KEY}}`.
            channels: variants for channels that need another text:
                `{"whatsapp": {"name": …, "language": …}, "voice": {"translations": {…}}}`.

        Raises:
            BadRequestError: a text is wrong.
        """
        body = {"name": name, "translations": translations, "channels": channels}

        return await self._engine.call(Template, "POST", "/templates", body=body, options=options)

    async def get(self, template_id: str, **options: Unpack[CallOptions]) -> Template:
        """Get a template.

        Raises:
            NotFoundError: there is no such template.
        """
        ids = {"template_id": template_id}

        return await self._engine.call(Template, "GET", "/templates/{template_id}", ids=ids, options=options)

    def list(
        self,
        *,
        search: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        **options: Unpack[CallOptions],
    ) -> PendingPage[Template]:
        """List templates, newest first.

        Args:
            search: only those with this text in their name, id or texts.
            limit: the largest number of rows on a page, 1 to 100; 20 by default.
            cursor: `next_cursor` of the page before.
        """
        query = {"search": search, "limit": limit, "cursor": cursor}

        return self._engine.list(Template, "/templates", query=query, options=options)

    async def update(
        self,
        template_id: str,
        *,
        name: str | None = None,
        translations: Mapping[str, str] | None = None,
        channels: Mapping[str, Any] | None = None,
        **options: Unpack[CallOptions],
    ) -> Template:
        """Change a template. What is not given stays.

        Args:
            template_id: its id.
            name: your name for it.
            translations: the texts; they replace all that it had.
            channels: the variants; they replace all that it had.
        """
        return await self._engine.call(
            Template,
            "PATCH",
            "/templates/{template_id}",
            ids={"template_id": template_id},
            body={"name": name, "translations": translations, "channels": channels},
            options=options,
        )

    async def delete(self, template_id: str, **options: Unpack[CallOptions]) -> Deleted:
        """Delete a template."""
        ids = {"template_id": template_id}

        return await self._engine.call(Deleted, "DELETE", "/templates/{template_id}", ids=ids, options=options)

    async def preview(
        self,
        template_id: str,
        *,
        code: str | None = None,
        expires_in: float | timedelta | None = None,
        locale: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        **options: Unpack[CallOptions],
    ) -> Preview:
        """Show what a template would send.

        Args:
            template_id: its id.
            code: the code to show; `123456` by default.
            expires_in: how long the code is valid, in whole seconds or as a timedelta; 300 by default.
            locale: the language, as in a send.
            metadata: what `{{metadata.KEY}}` shows.
        """
        return await self._engine.call(
            Preview,
            "POST",
            "/templates/{template_id}/preview",
            ids={"template_id": template_id},
            body={
                "code": digits("code", code),
                "expires_in": whole_seconds("expires_in", expires_in),
                "locale": locale,
                "metadata": metadata,
            },
            options=options,
        )

    async def preview_draft(
        self,
        *,
        translations: Mapping[str, str],
        channels: Mapping[str, Any] | None = None,
        code: str | None = None,
        expires_in: float | timedelta | None = None,
        locale: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        **options: Unpack[CallOptions],
    ) -> Preview:
        """Show what a template would send before it is created.

        Args:
            translations: the text in each language, as in `create`.
            channels: variants for channels, as in `create`.
            code: the code to show; `123456` by default.
            expires_in: how long the code is valid, in whole seconds or as a timedelta; 300 by default.
            locale: the language, as in a send.
            metadata: what `{{metadata.KEY}}` shows.
        """
        body = {
            "translations": translations,
            "channels": channels,
            "code": digits("code", code),
            "expires_in": whole_seconds("expires_in", expires_in),
            "locale": locale,
            "metadata": metadata,
        }

        return await self._engine.call(Preview, "POST", "/templates/preview", body=body, options=options)
