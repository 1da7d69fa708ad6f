# SPDX-License-Identifier: BSL-1.0
# What this project's own programs are built with; users of the library never see it.

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

find_program(LLMX_CCACHE ccache)
if(LLMX_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Precompiled headers need both settings to be cacheable at all.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${LLMX_CCACHE})
endif()

add_library(llmx_development INTERFACE)
target_compile_options(llmx_development INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
if(CMAKE_CXX_COMPILER_LAUNCHER AND NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(llmx_development INTERFACE -fpch-preprocess)
endif()
if(NOT CMAKE_BUILD_TYPE STREQUAL "Release")
  # Together with assert(), the checks of libstdc++: indexes, empty optionals, iterators' ranges.
  target_compile_definitions(llmx_development INTERFACE _GLIBCXX_ASSERTIONS)
endif()
if(NOT CMAKE_BUILD_TYPE STREQUAL "Release" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # At -O1 and under sanitizers g++ 12 sees uninitialised values that are not there (it documents
  # so) and takes the operators of a coroutine frame for a mismatched pair. -O3 warns.
  target_compile_options(llmx_development INTERFACE -Wno-maybe-uninitialized -Wno-mismatched-new-delete)
endif()
if(LLMX_SANITIZE)
  target_compile_options(llmx_development INTERFACE -fsanitize=${LLMX_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  if(LLMX_SANITIZE STREQUAL "thread")
    # Asio's fences are beyond ThreadSanitizer, which says so once a use.
    target_compile_options(llmx_development INTERFACE -Wno-tsan)
  endif()
  target_link_options(llmx_development INTERFACE -fsanitize=${LLMX_SANITIZE})
endif()

# llmx compiled once, for every program of this project that is not about header-only use: a unit
# for each header of llmx/src, so that a change compiles its own room again and two processors
# share the work.
file(GLOB rooms CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/include/llmx/src/*.hpp)
set(units)
foreach(room IN LISTS rooms)
  get_filename_component(name ${room} NAME_WE)
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/compiled/${name}.cpp CONTENT "#include <${room}>\n")
  list(APPEND units ${PROJECT_BINARY_DIR}/compiled/${name}.cpp)
endforeach()
add_library(llmx_compiled STATIC EXCLUDE_FROM_ALL ${units})
# What is measured is one unit: the optimiser inlines across rooms there.
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  set_target_properties(llmx_compiled PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 0)
endif()
target_compile_definitions(llmx_compiled PUBLIC LLMX_SEPARATE_COMPILATION)
target_link_libraries(llmx_compiled PUBLIC llmx::llmx PRIVATE llmx_development)
