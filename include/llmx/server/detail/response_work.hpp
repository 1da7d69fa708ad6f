// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/dialects/openai/detail/responses_stored.hpp>
#include <llmx/server/response_store.hpp>
#include <llmx/service/offload.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// \file
/// The work on kept responses, for the event loop's thread when there is little text and for another when there is much.

namespace llmx::inline LLMX_ABI::detail {

/// Finds what a request demands.
class demands_scanning final : public offloaded_work {
public:
    demands_scanning(std::string_view body, result<responses_demands>& to) noexcept : body_(body), to_(&to) {}
    std::size_t bytes() const noexcept override { return body_.size(); }
    void run() override { *to_ = responses_demands_of(body_); }

private:
    std::string_view body_;
    result<responses_demands>* to_;
};

/// Writes a request with the conversation of \p turns before it: to go on, or for a summary.
class history_writing final : public offloaded_work {
public:
    history_writing(const std::vector<response_record>& turns, std::string_view body, const responses_change& change, bool summary,
                    std::string& to)
        : turns_(&turns), body_(body), change_(change), summary_(summary), to_(&to) {}
    std::size_t bytes() const noexcept override { return bytes_of(*turns_) + body_.size(); }
    void run() override {
        std::string history;
        for (const response_record& r : *turns_) append_response_history(r, history);
        responses_change change = change_;
        change.history = history;
        *to_ = summary_ ? compaction_request(body_, history) : responses_changed(body_, change);
    }
    [[nodiscard]] static std::size_t bytes_of(const std::vector<response_record>& turns) noexcept {
        std::size_t n = 0;
        for (const response_record& r : turns) n += r.input.size() + r.response.size();
        return n;
    }

private:
    const std::vector<response_record>* turns_;
    std::string_view body_;
    responses_change change_;
    bool summary_;
    std::string* to_;
};

/// One page of \p items, as \p query asks for it: `limit` (1 to 100, default 20), `order` (`desc` by default), `after`.
LLMX_DECL [[nodiscard]] result<std::string> page_of_items(const std::vector<responses_listed_item>& items, std::string_view query);
/// The items that \p history ends with a response to.
LLMX_DECL [[nodiscard]] std::vector<responses_listed_item> items_before(const response_history& history);

/// Lists the items that a response is the answer to.
class items_listing final : public offloaded_work {
public:
    items_listing(const response_history& history, std::string_view query, result<std::string>& to) noexcept
        : history_(&history), query_(query), to_(&to) {}
    std::size_t bytes() const noexcept override { return history_writing::bytes_of(history_->turns); }
    void run() override { *to_ = page_of_items(items_before(*history_), query_); }

private:
    const response_history* history_;
    std::string_view query_;
    result<std::string>* to_;
};

} // namespace llmx::inline LLMX_ABI::detail
