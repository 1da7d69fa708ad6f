# SPDX-License-Identifier: BSL-1.0
# An overlay port: it installs the checkout that it is part of, so that it needs neither an address nor a hash.
#   vcpkg install llmx --overlay-ports=<checkout>/packaging/vcpkg
get_filename_component(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)

# The package holds text alone; the build of the program compiles llmx::compiled.
set(VCPKG_BUILD_TYPE release)

vcpkg_check_features(OUT_FEATURE_OPTIONS FEATURE_OPTIONS
  FEATURES
    tls LLMX_TLS
    yaml LLMX_WITH_YAML
    zlib LLMX_WITH_ZLIB
    brotli LLMX_WITH_BROTLI
)

vcpkg_cmake_configure(
  SOURCE_PATH "${SOURCE_PATH}"
  OPTIONS
    ${FEATURE_OPTIONS}
    -DLLMX_BUILD_TESTS=OFF
    -DLLMX_BUILD_EXAMPLES=OFF
    -DLLMX_INSTALL=ON
    -DLLMX_INSTALL_CMAKEDIR=share/llmx
)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup()
vcpkg_fixup_pkgconfig()

file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug" "${CURRENT_PACKAGES_DIR}/lib" "${CURRENT_PACKAGES_DIR}/share/licenses")
file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage" DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
