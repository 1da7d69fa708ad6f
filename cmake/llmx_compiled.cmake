# SPDX-License-Identifier: BSL-1.0
# The target llmx::compiled: the bodies of llmx as a static library in the build of the program that uses it.
#
# A package with a binary of its own would need one for each combination of compiler, standard library, sanitizer and
# _GLIBCXX_ASSERTIONS or _GLIBCXX_DEBUG, and a wrong combination can fail at run time. The sources, compiled with the
# flags of the program, always agree with it. EXCLUDE_FROM_ALL: a program that does not link the target does not compile it.

# Defines llmx_compiled, alias llmx::compiled, from the headers <include>/llmx/src/*.hpp, one unit for each.
# Sets LLMX_COMPILED_UNITS in the scope of the caller to the source files.
function(llmx_add_compiled include)
  if(TARGET llmx_compiled)
    return()
  endif()
  # Rooms come and go in llmx's own build alone; the builds of programs need not look for them each time.
  set(watch)
  if(LLMX_TOP_LEVEL)
    set(watch CONFIGURE_DEPENDS)
  endif()
  file(GLOB rooms ${watch} RELATIVE ${include} ${include}/llmx/src/*.hpp)
  set(units)
  foreach(room IN LISTS rooms)
    get_filename_component(name ${room} NAME_WE)
    set(unit ${CMAKE_CURRENT_BINARY_DIR}/llmx_compiled/${name}.cpp)
    file(CONFIGURE OUTPUT ${unit} CONTENT "#include <${room}>\n")
    list(APPEND units ${unit})
  endforeach()
  add_library(llmx_compiled STATIC EXCLUDE_FROM_ALL ${units})
  add_library(llmx::compiled ALIAS llmx_compiled)
  target_compile_definitions(llmx_compiled PUBLIC LLMX_SEPARATE_COMPILATION)
  if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
    # A program that links with -Wl,--gc-sections (macOS: -Wl,-dead_strip) keeps only the functions that it calls.
    target_compile_options(llmx_compiled PRIVATE -ffunction-sections -fdata-sections)
  endif()
  target_link_libraries(llmx_compiled PUBLIC llmx::llmx)
  set(LLMX_COMPILED_UNITS ${units} PARENT_SCOPE)
endfunction()
