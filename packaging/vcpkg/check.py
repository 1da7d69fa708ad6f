#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Checks the vcpkg port without vcpkg, which cannot be installed from Debian's packages.

The manifest: its fields, its version, and that its dependencies are the libraries that the headers include. The port:
CMake runs portfile.cmake with stand-ins for vcpkg's functions, and a program configures against what it installed.
Not covered: vcpkg's own resolution of versions, its patching of installed CMake files and its checks after a build.
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FIELDS = {"name", "version-semver", "description", "license", "supports", "dependencies", "default-features", "features"}
STAND_INS = r"""
cmake_policy(VERSION 3.22)
function(vcpkg_check_features)
  cmake_parse_arguments(PARSE_ARGV 0 given "" "OUT_FEATURE_OPTIONS" "FEATURES")
  set(options)
  while(given_FEATURES)
    list(POP_FRONT given_FEATURES feature option)
    file(APPEND "${RECORD}" "feature ${feature}\n")
    if(feature IN_LIST FEATURES)
      list(APPEND options -D${option}=ON)
    else()
      list(APPEND options -D${option}=OFF)
    endif()
  endwhile()
  set(${given_OUT_FEATURE_OPTIONS} "${options}" PARENT_SCOPE)
endfunction()
function(vcpkg_cmake_configure)
  cmake_parse_arguments(PARSE_ARGV 0 given "" "SOURCE_PATH" "OPTIONS")
  execute_process(COMMAND ${CMAKE_COMMAND} -G Ninja -S ${given_SOURCE_PATH} -B ${WORK}/build
    -DCMAKE_INSTALL_PREFIX=${CURRENT_PACKAGES_DIR} ${given_OPTIONS} COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)
endfunction()
function(vcpkg_cmake_install)
  execute_process(COMMAND ${CMAKE_COMMAND} --install ${WORK}/build COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)
endfunction()
function(vcpkg_cmake_config_fixup)
  if(NOT EXISTS ${CURRENT_PACKAGES_DIR}/share/${PORT}/${PORT}-config.cmake)
    message(FATAL_ERROR "share/${PORT} has no ${PORT}-config.cmake, the file that vcpkg looks for")
  endif()
endfunction()
function(vcpkg_fixup_pkgconfig)
  if(NOT EXISTS ${CURRENT_PACKAGES_DIR}/share/pkgconfig/${PORT}.pc)
    message(FATAL_ERROR "share/pkgconfig has no ${PORT}.pc")
  endif()
endfunction()
function(vcpkg_install_copyright)
  cmake_parse_arguments(PARSE_ARGV 0 given "" "" "FILE_LIST")
  file(READ ${given_FILE_LIST} text)
  file(WRITE ${CURRENT_PACKAGES_DIR}/share/${PORT}/copyright "${text}")
endfunction()
include(${PORTFILE})
"""


def manifest_faults(manifest: dict) -> list[str]:
    found = []
    if set(manifest) != FIELDS:
        found.append(f"vcpkg.json: fields {sorted(set(manifest) ^ FIELDS)} are missing or unknown")
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", manifest["name"]):
        found.append("vcpkg.json: name is not in lower case with hyphens")
    version = re.search(r"project\(llmx VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text()).group(1)
    if manifest["version-semver"] != version:
        found.append(f"vcpkg.json: version {manifest['version-semver']}, the project has {version}")
    included = set()
    for path in (ROOT / "include").rglob("*.?pp"):
        included |= set(re.findall(r"#\s*include <boost/([a-z0-9_]+)", path.read_text()))
    # Boost's version header is in the package of its configuration, which every other Boost package needs.
    included.discard("version")
    wanted = {"boost-" + name.replace("_", "-") for name in included}
    named = {d["name"] for d in manifest["dependencies"] if d["name"].startswith("boost-")}
    if wanted != named:
        found.append(f"vcpkg.json: Boost libraries {sorted(wanted ^ named)} are missing or superfluous")
    for feature in manifest["default-features"]:
        if feature not in manifest["features"]:
            found.append(f"vcpkg.json: default feature {feature} is not defined")
    return found


def run_port(work: pathlib.Path, features: list[str]) -> tuple[pathlib.Path, set[str]]:
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    script, record, packages = work / "port.cmake", work / "record", work / "packages"
    script.write_text(STAND_INS)
    subprocess.run(["cmake", f"-DWORK={work}", f"-DRECORD={record}", f"-DCURRENT_PACKAGES_DIR={packages}", "-DPORT=llmx",
                    f"-DPORTFILE={HERE / 'portfile.cmake'}", f"-DFEATURES={';'.join(features)}", "-P", script],
                   check=True, capture_output=True, text=True)
    return packages, set(re.findall(r"feature (\S+)", record.read_text()))


def package_faults(packages: pathlib.Path, features: list[str]) -> list[str]:
    found = []
    for name in ("include/llmx/llmx.hpp", "include/llmx.hpp", "share/llmx/usage", "share/llmx/copyright", "share/llmx/llmx-config.cmake"):
        if not (packages / name).is_file():
            found.append(f"the port does not install {name}")
    for name in ("lib", "debug"):
        if (packages / name).exists():
            found.append(f"the port installs {name}/, which a package without binaries must not have")
    # The lines of `usage`, with the component that each feature stands for.
    usage = re.findall(r"^ +(?:# )?((?:find_package|target_link_libraries)\(.*\))", (HERE / "usage").read_text(), re.M)
    with tempfile.TemporaryDirectory() as folder:
        project = pathlib.Path(folder)
        (project / "main.cpp").write_text("int main() {}\n")
        (project / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.22)\nproject(p LANGUAGES CXX)\nadd_executable(main main.cpp)\n"
            + "\n".join(usage) + f"\nfind_package(llmx CONFIG REQUIRED COMPONENTS {' '.join(features)})\n")
        run = subprocess.run(["cmake", "-G", "Ninja", "-S", project, "-B", project / "build", f"-DCMAKE_PREFIX_PATH={packages}"],
                             capture_output=True, text=True)
        if run.returncode or not usage:
            found.append("a program does not configure against the port:\n" + run.stderr)
    return found


def main() -> int:
    manifest = json.loads((HERE / "vcpkg.json").read_text())
    found = manifest_faults(manifest)
    work = ROOT / "build" / "vcpkg"
    for features in (manifest["default-features"], sorted(manifest["features"])):
        try:
            packages, known = run_port(work, features)
        except subprocess.CalledProcessError as failed:
            found.append("portfile.cmake: " + failed.stderr)
            break
        if known != set(manifest["features"]):
            found.append(f"features {sorted(known ^ set(manifest['features']))} differ between vcpkg.json and portfile.cmake")
        found += package_faults(packages, features)
    print("\n".join(found) if found else "vcpkg port: manifest, portfile and installed package agree (vcpkg itself was not run)")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
