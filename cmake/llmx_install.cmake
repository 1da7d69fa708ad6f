# SPDX-License-Identifier: BSL-1.0
# What `cmake --install` copies: headers, the single header, the CMake package, llmx.pc and the licence. All of it is
# text, so that one installation serves every compiler and architecture.
include(CMakePackageConfigHelpers)

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/llmx DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING PATTERN "*.hpp" PATTERN "*.ipp")
install(FILES ${PROJECT_SOURCE_DIR}/single_include/llmx.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/licenses/llmx)

set(LLMX_INSTALL_CMAKEDIR ${CMAKE_INSTALL_DATADIR}/cmake/llmx CACHE STRING "Folder of the CMake package under the prefix")
set(llmx_package ${LLMX_INSTALL_CMAKEDIR})
install(TARGETS llmx EXPORT llmx-targets)
install(EXPORT llmx-targets NAMESPACE llmx:: DESTINATION ${llmx_package})
foreach(option TLS WITH_YAML WITH_ZLIB WITH_BROTLI)
  string(REPLACE "WITH_" "" name ${option})
  set(LLMX_PACKAGE_${name} FALSE)
  if(LLMX_${option})
    set(LLMX_PACKAGE_${name} TRUE)
  endif()
endforeach()
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/llmx-config.cmake.in
  ${PROJECT_BINARY_DIR}/llmx-config.cmake INSTALL_DESTINATION ${llmx_package} PATH_VARS CMAKE_INSTALL_INCLUDEDIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/llmx-config-version.cmake
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES ${PROJECT_BINARY_DIR}/llmx-config.cmake ${PROJECT_BINARY_DIR}/llmx-config-version.cmake
  ${PROJECT_SOURCE_DIR}/cmake/llmx_dependencies.cmake ${PROJECT_SOURCE_DIR}/cmake/llmx_compiled.cmake
  DESTINATION ${llmx_package})

# llmx.pc finds its prefix from its own place, so that an installed tree may be moved.
set(llmx_pc ${CMAKE_INSTALL_DATADIR}/pkgconfig)
file(RELATIVE_PATH LLMX_PC_PREFIX /${llmx_pc} /)
string(REGEX REPLACE "/$" "" LLMX_PC_PREFIX "${LLMX_PC_PREFIX}")
set(LLMX_PC_REQUIRES "")
set(LLMX_PC_DEFINITIONS "")
if(LLMX_TLS)
  string(APPEND LLMX_PC_REQUIRES " openssl")
else()
  string(APPEND LLMX_PC_DEFINITIONS " -DLLMX_NO_TLS")
endif()
if(LLMX_WITH_YAML)
  string(APPEND LLMX_PC_REQUIRES " yaml-cpp")
  string(APPEND LLMX_PC_DEFINITIONS " -DLLMX_WITH_YAML")
endif()
if(LLMX_WITH_ZLIB)
  string(APPEND LLMX_PC_REQUIRES " zlib")
  string(APPEND LLMX_PC_DEFINITIONS " -DLLMX_WITH_ZLIB")
endif()
if(LLMX_WITH_BROTLI)
  string(APPEND LLMX_PC_REQUIRES " libbrotlidec")
  string(APPEND LLMX_PC_DEFINITIONS " -DLLMX_WITH_BROTLI")
endif()
if(LLMX_WITH_CATALOG)
  string(APPEND LLMX_PC_DEFINITIONS " -DLLMX_WITH_CATALOG")
endif()
configure_file(${PROJECT_SOURCE_DIR}/cmake/llmx.pc.in ${PROJECT_BINARY_DIR}/llmx.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/llmx.pc DESTINATION ${llmx_pc})
