// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/fwd.hpp>
#include <llmx/wire/http_message.hpp>
#include <llmx/wire/splice_list.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// The provider's request of one attempt and all the memory it points to. It outlives the body.
struct attempt_buffers {
    attempt_buffers() { request.fields.reserve(256); }
    http_request request;
    std::string body;
    /// The caller's bytes with the deployment's default values behind them; empty: without.
    std::string defaulted;
    /// The body that is sent when the deployment's lists of members have changed it.
    std::string altered;
    /// The edits of the body that is sent, and their bytes.
    splice_list splices;
    /// Media type of `body`; empty: `application/json`.
    std::string content_type;
    /// What the URL has behind the codec's path (`encoded_request::url_end`).
    std::string url_end;
    /// Form of the request.
    const codec_ops* codec = nullptr;
    /// The caller's bytes pass.
    bool same = false;
    /// The gateway added the request for the stream's usage, and the caller must not receive it.
    bool hides_usage = false;

    /// Discards the content and keeps the memory, unless there was unusually much of it.
    LLMX_DECL void clear() noexcept {
        request.to = nullptr;
        codec = nullptr;
        same = false;
        hides_usage = false;
        request.method = "POST";
        request.body.clear();
        splices.clear();
        request.source = nullptr;
        request.rules.reset();
        for (std::string* const text : {&request.target, &request.fields, &body, &defaulted, &altered, &content_type, &url_end}) {
            text->clear();
            if (text->capacity() > usual) std::string().swap(*text);
        }
    }

private:
    static constexpr std::size_t usual = 4096;
};

/// Attempts that this thread is done with, for its next calls: a call allocates none in
/// the steady state. At most `most` are kept, of a few hundred bytes each as a rule.
class attempt_shelf {
public:
    struct return_to_shelf {
        void operator()(attempt_buffers* a) const noexcept {
            // Calls may be released while their thread ends, after the shelf has gone.
            if (gone()) delete a;
            else of_thread().put(a);
        }
    };

    [[nodiscard]] static std::unique_ptr<attempt_buffers, return_to_shelf> take() {
        auto& kept = of_thread().kept_;
        if (kept.empty()) return std::unique_ptr<attempt_buffers, return_to_shelf>(new attempt_buffers());
        std::unique_ptr<attempt_buffers, return_to_shelf> a(kept.back().release());
        kept.pop_back();
        return a;
    }

private:
    static constexpr std::size_t most = 128;

    attempt_shelf() { kept_.reserve(most); }
    ~attempt_shelf() { gone() = true; }
    static attempt_shelf& of_thread() {
        thread_local attempt_shelf shelf;
        return shelf;
    }
    static bool& gone() noexcept {
        thread_local bool is = false;
        return is;
    }
    LLMX_DECL void put(attempt_buffers* a) noexcept {
        std::unique_ptr<attempt_buffers> owned(a);
        if (kept_.size() == most) return;
        owned->clear();
        kept_.push_back(std::move(owned));
    }

    std::vector<std::unique_ptr<attempt_buffers>> kept_;
};

using attempt_ptr = std::unique_ptr<attempt_buffers, attempt_shelf::return_to_shelf>;

} // namespace llmx::inline LLMX_ABI::detail
