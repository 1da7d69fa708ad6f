// SPDX-License-Identifier: BSL-1.0
#pragma once

/// \file
/// Version, linkage and feature macros. Every other header includes this one.
///
/// Macros a user may define (the same in every translation unit of a program):
/// - `LLMX_SEPARATE_COMPILATION`: non-template bodies are compiled once, in the
///   one file that includes `<llmx/src.hpp>`; undefined, everything is inline.
/// - `LLMX_NO_TLS`: no OpenSSL; `https` origins are refused with a clear error.
/// - `LLMX_WITH_YAML`: `settings` reads YAML through yaml-cpp.
/// - `LLMX_WITH_SQLITE`, `LLMX_WITH_POSTGRES`, `LLMX_WITH_REDIS` are reserved for stores, of
///   which this version has none: defining one is an error.
///
/// `BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE` should be 16 (the CMake target
/// sets it): Asio keeps two recycled coroutine frames per thread by default, and
/// a call through a stack of layers nests deeper than that. It must be the same
/// in every translation unit, so llmx documents it and never defines it.

#define LLMX_VERSION_MAJOR 0
#define LLMX_VERSION_MINOR 1
#define LLMX_VERSION_PATCH 0
#define LLMX_VERSION_STRING "0.1.0"

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

/// The inline namespace of everything in llmx. What changes the layout or the linkage of a type is in its name, so that
/// translation units that disagree about it have different types: each works by itself, and what passes one of these types
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

#if __cplusplus < 202002L && !(defined(_MSVC_LANG) && _MSVC_LANG >= 202002L)
#error "llmx: C++20 is needed (-std=c++20)"
#endif
