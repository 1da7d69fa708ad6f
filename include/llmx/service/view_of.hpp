// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/request_view.hpp>
#include <llmx/service/call.hpp>

#include <cstddef>

namespace llmx::inline LLMX_ABI {

/// Bytes of a client's request up to which `view_of` scans it: about a millisecond, the event loop's.
inline constexpr std::size_t max_viewed_body = std::size_t{1024} * 1024;

/// What the request of \p c is about: roles, texts, tools, images, sizes. For routers (`hints.request`) and policies.
///
/// Made when it is first asked for, and kept by the call until the request is edited. Of a request in the
/// vocabulary (a program's, one that was decoded or edited) it is read off; of a client's bytes it is found by a scan
/// without a tree, in time linear in the body. A body of more than `max_viewed_body` bytes is not scanned: then `request_view::known`
/// is false until a layer has awaited `decode_request<chat>(c)`, as it is for other operations than chat, for malformed bodies
/// and for languages whose codec has no such scan. Without memory it is not known either. Valid until the request is edited or the call ends.
LLMX_DECL [[nodiscard]] const request_view& view_of(const call& c) noexcept;

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/service/impl/view_of.ipp>
#endif
