# SPDX-License-Identifier: BSL-1.0
# The target llmx::llmx: headers, what they need, and how to install them.

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
# Config mode of Boost names one target per library; 1.81 is what Debian 12 has and what
# is tested.
find_package(Boost 1.81 REQUIRED COMPONENTS json)

add_library(llmx INTERFACE)
add_library(llmx::llmx ALIAS llmx)
target_include_directories(llmx INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_compile_features(llmx INTERFACE cxx_std_20)
target_link_libraries(llmx INTERFACE Boost::headers Boost::json Threads::Threads)

if(LLMX_TLS)
  find_package(OpenSSL REQUIRED)
  target_link_libraries(llmx INTERFACE OpenSSL::SSL OpenSSL::Crypto)
else()
  target_compile_definitions(llmx INTERFACE LLMX_NO_TLS)
endif()
if(LLMX_WITH_YAML)
  find_package(yaml-cpp REQUIRED)
  target_link_libraries(llmx INTERFACE yaml-cpp)
  target_compile_definitions(llmx INTERFACE LLMX_WITH_YAML)
endif()

if(LLMX_INSTALL)
  include(CMakePackageConfigHelpers)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/llmx DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
    FILES_MATCHING PATTERN "*.hpp" PATTERN "*.ipp")
  install(TARGETS llmx EXPORT llmx-targets)
  install(EXPORT llmx-targets NAMESPACE llmx:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/llmx)
  configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/llmx-config.cmake.in
    ${PROJECT_BINARY_DIR}/llmx-config.cmake INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/llmx)
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/llmx-config-version.cmake
    COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
  install(FILES ${PROJECT_BINARY_DIR}/llmx-config.cmake ${PROJECT_BINARY_DIR}/llmx-config-version.cmake
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/llmx)
endif()
