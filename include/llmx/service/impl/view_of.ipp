// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat.hpp>
#include <llmx/service/view_of.hpp>

#include <exception>
#include <memory>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL [[nodiscard]] std::unique_ptr<request_view> make_view(const inbound& in) {
    auto made = std::make_unique<request_view>();
    if (in.operation != &chat::info) return made;
    if (const auto* const request = in.canonical.get<chat_request>()) {
        *made = view_request(*request);
    } else if (in.codec != nullptr && in.codec->scan_view != nullptr && in.body.size() <= max_viewed_body) {
        made->known = in.codec->scan_view(in.body, *made);
        if (!made->known) *made = request_view();
    }
    return made;
}

} // namespace detail

LLMX_DECL const request_view& view_of(const call& c) noexcept {
    static const request_view nothing;
    inbound& in = c.in;
    try {
        // Decoded since: a body that was too large to scan can be seen now.
        if (in.view == nullptr || (!in.view->known && !in.canonical.empty())) in.view = detail::make_view(in);
    } catch (const std::exception&) {
        return nothing;
    }
    return *in.view;
}

} // namespace llmx::inline LLMX_ABI
