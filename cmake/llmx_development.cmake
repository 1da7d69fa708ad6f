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
    # Asio's fences are beyond ThreadSanitizer, which warns at each use.
    target_compile_options(llmx_development INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  endif()
  target_link_options(llmx_development INTERFACE -fsanitize=${LLMX_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND LLMX_SANITIZE MATCHES "address" AND NOT LLMX_SANITIZE MATCHES "fuzzer")
    # Tests replace operator new to count allocations. Clang's static runtime would come first with its own.
    execute_process(COMMAND ${CMAKE_CXX_COMPILER} -print-file-name=libclang_rt.asan-${CMAKE_SYSTEM_PROCESSOR}.so
      OUTPUT_VARIABLE runtime OUTPUT_STRIP_TRAILING_WHITESPACE)
    get_filename_component(folder ${runtime} DIRECTORY)
    target_link_options(llmx_development INTERFACE -shared-libasan -Wl,-rpath,${folder})
  endif()
endif()

# llmx::compiled with this project's warnings and sanitizers. A unit for each room: a change compiles its own room
# again, and two processors share the work.
target_link_libraries(llmx_compiled PRIVATE llmx_development)
# What is measured is two units: the optimiser inlines across rooms there. A codec is called through its table. Rooms that no call comes
# through are units of their own.
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  get_target_property(rooms llmx_compiled SOURCES)
  foreach(room IN LISTS rooms)
    if(room MATCHES "/(core|wire|catalog|dialects[a-z_]*)\\.cpp$")
      set_source_files_properties(${room} PROPERTIES UNITY_GROUP languages)
    elseif(room MATCHES "/(access|service|policies|providers|transport|gateway|telemetry|server)\\.cpp$")
      set_source_files_properties(${room} PROPERTIES UNITY_GROUP calls)
    endif()
  endforeach()
  set_target_properties(llmx_compiled PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
endif()
