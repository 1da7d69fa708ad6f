# SPDX-License-Identifier: BSL-1.0
# The targets llmx::llmx (headers alone; alias llmx::header_only) and llmx::compiled, and how to install them.

include(${PROJECT_SOURCE_DIR}/cmake/llmx_dependencies.cmake)
llmx_find_dependencies("${LLMX_TLS}" "${LLMX_WITH_YAML}" "${LLMX_WITH_ZLIB}" "${LLMX_WITH_BROTLI}" llmx_missing)
if(llmx_missing)
  message(FATAL_ERROR "${llmx_missing}")
endif()

add_library(llmx INTERFACE)
add_library(llmx::llmx ALIAS llmx)
add_library(llmx::header_only ALIAS llmx)
# In another project's build, warnings that it turns on are about its own code.
set(llmx_system SYSTEM)
if(LLMX_TOP_LEVEL)
  set(llmx_system)
endif()
target_include_directories(llmx ${llmx_system} INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_compile_features(llmx INTERFACE cxx_std_20)
target_link_libraries(llmx INTERFACE Boost::headers Boost::json Threads::Threads)

if(LLMX_TLS)
  target_link_libraries(llmx INTERFACE OpenSSL::SSL OpenSSL::Crypto)
else()
  target_compile_definitions(llmx INTERFACE LLMX_NO_TLS)
endif()
if(LLMX_WITH_YAML)
  target_link_libraries(llmx INTERFACE yaml-cpp)
  target_compile_definitions(llmx INTERFACE LLMX_WITH_YAML)
endif()
if(LLMX_WITH_ZLIB)
  target_link_libraries(llmx INTERFACE ZLIB::ZLIB)
  target_compile_definitions(llmx INTERFACE LLMX_WITH_ZLIB)
endif()
if(LLMX_WITH_BROTLI)
  target_link_libraries(llmx INTERFACE llmx_brotli)
  target_compile_definitions(llmx INTERFACE LLMX_WITH_BROTLI)
endif()
if(LLMX_WITH_CATALOG)
  target_compile_definitions(llmx INTERFACE LLMX_WITH_CATALOG)
endif()

include(${PROJECT_SOURCE_DIR}/cmake/llmx_compiled.cmake)
llmx_add_compiled(${PROJECT_SOURCE_DIR}/include)

if(LLMX_INSTALL)
  include(${PROJECT_SOURCE_DIR}/cmake/llmx_install.cmake)
endif()
