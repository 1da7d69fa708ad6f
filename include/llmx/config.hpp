// SPDX-License-Identifier: BSL-1.0
#pragma once

/// \file
/// Version, linkage and feature macros. Every other header includes this one.
///
/// Macros a user may define (the same in every translation unit of a program):
/// - `LLMX_SEPARATE_COMPILATION`: bodies of functions that are not templates are compiled once, in the one unit that
///   also defines `LLMX_IMPLEMENTATION`; undefined, everything is inline. The CMake target `llmx::compiled` defines it
///   and compiles the bodies.
/// - `LLMX_IMPLEMENTATION`, in exactly one translation unit, before it includes `<llmx/llmx.hpp>`, `<llmx/src.hpp>` or
///   the single header `<llmx.hpp>`: the bodies are part of this unit. Implies `LLMX_SEPARATE_COMPILATION`.
/// - `LLMX_NO_TLS`: no OpenSSL; `https` origins are refused with a clear error.
/// - `LLMX_WITH_YAML`: `settings` reads YAML through yaml-cpp.
/// - `LLMX_WITH_ZLIB`, `LLMX_WITH_BROTLI`: requests of clients in the content codings gzip and deflate, or br, are decoded, and so
///   are answers that a provider sends so although it was not asked to; without them such a body is a failure.
/// - `LLMX_WITH_CATALOG`: `embedded_catalog()` exists, with half a megabyte of facts about models in programs that call it.
/// - `LLMX_WITH_SQLITE`, `LLMX_WITH_POSTGRES`, `LLMX_WITH_REDIS` are reserved for stores, of
///   which this version has none: defining one is an error.
///
/// llmx needs no macro of Asio and defines none: macros that change the layout of Asio's objects break
/// every unit of the program that is compiled without them. Coroutine frames are kept by `frame_cache`.

#define LLMX_VERSION_MAJOR 0
#define LLMX_VERSION_MINOR 1
#define LLMX_VERSION_PATCH 0
#define LLMX_VERSION_STRING "0.1.0"

#if defined(LLMX_IMPLEMENTATION) && !defined(LLMX_SEPARATE_COMPILATION)
#define LLMX_SEPARATE_COMPILATION
#endif

/// How bodies are compiled. With separate compilation they are ordinary functions of one source file. Header-only they are
/// templates without parameters of their own, which the compiler reads where they are defined and compiles where a
/// program uses them: g++ 12 emits the code of every inline coroutine that is not a template, and of every template
/// coroutine that something other than a template names, even when the program does not call it, with all that it calls. An include
/// compiled 124 coroutines so; `tests/header/empty_include.py` demands none.
///
/// - `LLMX_DECL` begins the declaration and the definition of a function or a class, before its attributes.
/// - `LLMX_INLINE` stands for it where a template is not allowed (destructors, virtual functions, copies and moves, of
///   classes that are no templates). Such a function must name no coroutine.
/// - A class that has virtual coroutines, or that owns an object of such a class, is called `basic_x`, begins with
///   `LLMX_DECL`, and is used by the alias `using x = LLMX_PLAIN(basic_x)`. Its members have neither macro in the class; their
///   definitions begin with `LLMX_DECL` and name the class `LLMX_OF(x)`. A template that makes one by name makes an `LLMX_OF(x)`.
/// - `LLMX_LATER(expression)` makes a call whose result type is deduced (`co_spawn`) wait for the instantiation; it
///   stands in functions with `LLMX_DECL` and needs `core/detail/later.hpp`.
#if defined(LLMX_SEPARATE_COMPILATION)
#define LLMX_DECL
#define LLMX_INLINE
#define LLMX_PLAIN(name) name
#define LLMX_OF(name) basic_##name
#define LLMX_LATER(expression) expression
#else
#define LLMX_DECL template <class... llmx_none>
#define LLMX_INLINE inline
#define LLMX_PLAIN(name) name<>
#define LLMX_OF(name) basic_##name<llmx_none...>
#define LLMX_LATER(expression) ::llmx::detail::later<llmx_none...>::of(expression)
#endif

/// The inline namespace of everything in llmx. Its name holds each option that changes the layout or the linkage of a type, so that
/// translation units that disagree about it have different types: each works by itself, and a function that passes one of these types
/// to another does not link.
#if defined(LLMX_SEPARATE_COMPILATION) && defined(LLMX_NO_TLS)
#define LLMX_ABI v0_compiled_notls
#elif defined(LLMX_SEPARATE_COMPILATION)
#define LLMX_ABI v0_compiled
#elif defined(LLMX_NO_TLS)
#define LLMX_ABI v0_notls
#else
#define LLMX_ABI v0
#endif

#if defined(LLMX_WITH_SQLITE) || defined(LLMX_WITH_POSTGRES) || defined(LLMX_WITH_REDIS)
#error "llmx: this version has no store for LLMX_WITH_SQLITE, LLMX_WITH_POSTGRES or LLMX_WITH_REDIS"
#endif

// What llmx cannot be compiled without. An `#error` would be followed by thousands of errors of what comes next; a
// file that does not exist is a fatal error, which ends the compilation behind its one sentence.
#if __cplusplus < 202002L && !(defined(_MSVC_LANG) && _MSVC_LANG >= 202002L)
#include "llmx: C++20 is needed: compile with -std=c++20 or later"
#elif !__has_include(<boost/version.hpp>)
#include "llmx: Boost is missing: install the headers of Boost 1.81 or later and give their directory with -I"
#else
#include <boost/version.hpp>
#if BOOST_VERSION < 108100
#include "llmx: Boost 1.81 or later is needed: the Boost that the compiler finds is older"
#endif
#endif

#if defined(LLMX_SEPARATE_COMPILATION)
namespace llmx::inline LLMX_ABI {
/// Defined with the bodies. Every unit refers to it, so that a program without them, or with bodies of another
/// configuration, does not link, and the linker's first message names what is missing.
extern const char compile_llmx_bodies_in_one_source_file_with_LLMX_IMPLEMENTATION;
} // namespace llmx::inline LLMX_ABI

#if defined(__ELF__)
// A relocation of no bytes at the beginning of the unit's code: linkers report it before all others, and the program
// contains nothing of it.
#if defined(LLMX_NO_TLS)
asm(".pushsection .text\n\t.reloc ., BFD_RELOC_NONE, "
    "_ZN4llmx17v0_compiled_notls63compile_llmx_bodies_in_one_source_file_with_LLMX_IMPLEMENTATIONE\n\t.popsection");
#else
asm(".pushsection .text\n\t.reloc ., BFD_RELOC_NONE, "
    "_ZN4llmx11v0_compiled63compile_llmx_bodies_in_one_source_file_with_LLMX_IMPLEMENTATIONE\n\t.popsection");
#endif
#endif
#endif
