// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/extra.hpp>
#include <llmx/dialects/drop_report.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// Members of a request of another language under the names of a model's vendor: each is written once, where the vendor has it.
class bedrock_invoke_extra {
public:
    bedrock_invoke_extra(const extra_members& extra, std::string_view codec) noexcept : extra_(&extra), own_(extra.speaks(codec)) {}

    /// Writes the member \p name with its value; false when the request does not have it.
    LLMX_DECL bool write(json_writer& w, std::string_view name) {
        const raw_json* const value = find(name);
        if (value == nullptr) return false;
        w.raw_member(name, value->text);
        return true;
    }
    /// The value of the member \p name, which counts as written; null when there is none.
    LLMX_DECL [[nodiscard]] const raw_json* find(std::string_view name) {
        const raw_json* const value = extra_->find(name);
        if (value != nullptr) written_.push_back(name);
        return value;
    }
    /// Writes what is left when the codec has a name for all of it.
    LLMX_DECL void write_rest(json_writer& w) const {
        if (!own_) return;
        for (const extra_members::member& m : extra_->members)
            if (!is_written(m)) w.raw_member(extra_members::wire_name(m.name), m.value.text);
    }
    /// Reports what was not written.
    LLMX_DECL void report(drop_report& drops, std::string_view codec) const {
        if (own_) return;
        extra_members others = *extra_;
        std::erase_if(others.members, [this](const extra_members::member& m) { return is_written(m); });
        drops.foreign(others, codec, request_place());
    }

private:
    [[nodiscard]] bool is_written(const extra_members::member& m) const {
        return std::find(written_.begin(), written_.end(), std::string_view(m.name)) != written_.end();
    }
    const extra_members* extra_;
    bool own_;
    std::vector<std::string_view> written_;
};

} // namespace llmx::inline LLMX_ABI::detail
