"""Hatch's hook: the web app is built into every wheel, except the editable one, unless it lies there already."""

import importlib.util
import os
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebAppHook(BuildHookInterface[Any]):
    """`INSURENZ_BUILD_WEB_APP=off` makes a package of the API alone."""

    def dependencies(self) -> list[str]:
        """Node as a package, where the machine has none."""
        builder = self._builder()
        return [] if self._has_nothing_to_do(builder) or builder.has_node() else [builder.NODE_PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build, before the files of the wheel are collected."""
        builder = self._builder()
        if version != "editable" and not self._has_nothing_to_do(builder):
            builder.build()

    def _has_nothing_to_do(self, builder: ModuleType) -> bool:
        return os.environ.get("INSURENZ_BUILD_WEB_APP") == "off" or builder.is_current()

    def _builder(self) -> ModuleType:
        spec = importlib.util.spec_from_file_location(
            "build_web_app", Path(self.root) / "scripts/build_web_app.py"
        )
        assert spec is not None and spec.loader is not None  # noqa: PT018
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
