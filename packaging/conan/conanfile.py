# SPDX-License-Identifier: BSL-1.0
"""Conan 2 recipe of this checkout: `conan create packaging/conan`.

The package holds text alone (one package id for all settings): the build of the program compiles llmx::compiled.
`find_package(llmx)` finds llmx's own CMake package, with the same targets and components as anywhere else.
"""
import os
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain
from conan.tools.files import copy, load

CHECKOUT = os.path.join("..", "..")


class Llmx(ConanFile):
    name = "llmx"
    description = "C++20 template library of clients and gateways for large language models, composed at compile time"
    license = "BSL-1.0"
    topics = ("llm", "gateway", "http", "coroutines", "header-only")
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"tls": [True, False], "yaml": [True, False], "zlib": [True, False], "brotli": [True, False]}
    default_options = {"tls": True, "yaml": False, "zlib": False, "brotli": False}
    no_copy_source = True

    def set_version(self):
        text = load(self, os.path.join(self.recipe_folder, CHECKOUT, "CMakeLists.txt"))
        self.version = re.search(r"project\(llmx VERSION ([\d.]+)", text).group(1)

    def export_sources(self):
        for pattern in ("CMakeLists.txt", "LICENSE", "cmake/*", "include/*", "single_include/*"):
            copy(self, pattern, os.path.join(self.recipe_folder, CHECKOUT), self.export_sources_folder)

    def requirements(self):
        self.requires("boost/[>=1.81.0 <2]", transitive_headers=True, transitive_libs=True)
        if self.options.tls:
            self.requires("openssl/[>=3 <4]", transitive_headers=True, transitive_libs=True)
        if self.options.yaml:
            self.requires("yaml-cpp/[>=0.7 <1]", transitive_headers=True, transitive_libs=True)
        if self.options.zlib:
            self.requires("zlib/[>=1.2.11 <2]", transitive_headers=True, transitive_libs=True)
        if self.options.brotli:
            self.requires("brotli/[>=1.0 <2]", transitive_headers=True, transitive_libs=True)

    def validate(self):
        check_min_cppstd(self, 20)

    def package_id(self):
        # What the package holds depends on the options alone.
        self.info.settings.clear()
        self.info.requires.clear()

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.user_presets_path = False
        toolchain.cache_variables.update({
            "LLMX_BUILD_TESTS": False, "LLMX_BUILD_EXAMPLES": False, "LLMX_INSTALL": True,
            "LLMX_TLS": bool(self.options.tls), "LLMX_WITH_YAML": bool(self.options.yaml),
            "LLMX_WITH_ZLIB": bool(self.options.zlib), "LLMX_WITH_BROTLI": bool(self.options.brotli)})
        toolchain.generate()
        CMakeDeps(self).generate()

    def build(self):
        CMake(self).configure()

    def package(self):
        CMake(self).install()

    def package_info(self):
        self.cpp_info.bindirs = []
        self.cpp_info.libdirs = []
        # The program's find_package reads llmx-config.cmake itself; CMakeDeps writes none.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.set_property("pkg_config_name", "none")
        self.cpp_info.builddirs = [os.path.join("share", "cmake", "llmx")]
