// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/extra.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// An object of the request. Members that a program set in the API's own words take the place of those made here.
class bedrock_object {
public:
    /// \p own is the object that the program set, or null.
    explicit bedrock_object(const raw_json* own) : own_(own) {}

    template <class V> void add(std::string_view name, const V& value) {
        if (!owns(name)) json_writer(next()).key(name).value(value);
    }
    void add_raw(std::string_view name, std::string_view json) {
        if (!owns(name)) json_writer(next()).key(name).raw(json);
    }
    /// Whether the program set \p name itself.
    LLMX_DECL [[nodiscard]] bool owns(std::string_view name) const {
        bool found = false;
        if (own_ != nullptr) static_cast<void>(scan_json_members(own_->text, [&](const json_member& m) { found |= m.named(name); }));
        return found;
    }
    /// Writes the member \p name unless its value is empty.
    LLMX_DECL void write(json_writer& w, std::string_view name) {
        if (own_ != nullptr)
            static_cast<void>(scan_json_members(own_->text, [&](const json_member& m) {
                json_writer(next()).key(unescape_json_string(m.key)).raw(m.value);
            }));
        if (!members_.empty()) w.raw_member(name, "{" + members_ + "}");
    }

private:
    std::string& next() {
        if (!members_.empty()) members_ += ',';
        return members_;
    }
    const raw_json* own_;
    std::string members_;
};

} // namespace llmx::inline LLMX_ABI::detail
