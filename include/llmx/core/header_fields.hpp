// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// Header fields that policies add to what a call sends to its provider (`call::upstream_fields`) or
/// answers to its client (`call_report::reply_fields`), and those that a deployment adds (`deployment::added_fields`).
///
/// Names are compared without regard to case; a name stands in it once. At most `max_fields` fields with
/// `max_bytes` of names and values. Nothing is allocated while it is empty. Not thread-safe.
class header_fields {
public:
    /// Which way the fields go, and who adds them: that decides which names are not to be set. The owner of a deployment may replace
    /// the credentials of its provider.
    enum class direction : std::uint8_t { upstream, reply, deployment };
    /// More would not fit beside the fields of llmx into the 8 KiB that servers commonly take for a head.
    static constexpr std::size_t max_fields = 16, max_bytes = 4 * 1024;

    struct field {
        field() = default;
        std::string name, value;
        /// The field is left out, although an outer list has it: see `omit`.
        bool omitted = false;
    };

    explicit header_fields(direction which) noexcept : which_(which) {}

    /// Adds the field, or replaces the one of that name.
    ///
    /// \p name is a token (RFC 9110 section 5.6.2). \p value has no control characters but tabs, and neither begins nor ends
    /// with white space (section 5.5); it may be empty. `errc::bad_configuration`, with a message that never has the value, for
    /// anything else, for a list that is full, and for names that belong to others: the connection's
    /// (`connection`, `transfer-encoding`, `content-length`, `host`, ...; section 7.6.1), the message's form
    /// (`content-type`, `content-encoding`), credentials upstream (`authorization`, `x-api-key`, ...), and in
    /// replies what the server writes (`date`, `retry-after`, `x-request-id`, `x-llmx-...`, ...).
    LLMX_DECL [[nodiscard]] result<void> set(std::string_view name, std::string_view value);
    /// Has the field left out where this list is laid over another: that of an attempt over that of its call.
    /// Fails like `set`.
    LLMX_DECL [[nodiscard]] result<void> omit(std::string_view name);
    /// False when there is no such field.
    LLMX_DECL bool remove(std::string_view name) noexcept;
    /// Null when there is no such field, or it is omitted.
    LLMX_DECL [[nodiscard]] const std::string* find(std::string_view name) const noexcept;
    void clear() noexcept { fields_.clear(); }
    /// Sets all that \p other has, as far as there is room: what is set last wins.
    LLMX_DECL void merge(const header_fields& other);

    [[nodiscard]] bool empty() const noexcept { return fields_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return fields_.size(); }
    [[nodiscard]] std::vector<field>::const_iterator begin() const noexcept { return fields_.begin(); }
    [[nodiscard]] std::vector<field>::const_iterator end() const noexcept { return fields_.end(); }

private:
    LLMX_DECL [[nodiscard]] result<void> put(std::string_view name, std::string_view value, bool omitted);
    LLMX_DECL [[nodiscard]] std::vector<field>::iterator at(std::string_view name) noexcept;
    std::vector<field> fields_;
    direction which_;
};

namespace detail {
/// Who owns the field \p name, if nothing else may set it; empty when anything may. \p upstream: in requests to providers,
/// else in replies to clients.
LLMX_DECL [[nodiscard]] std::string_view owner_of_field(std::string_view name, bool upstream) noexcept;
/// The names of credentials that providers write.
LLMX_DECL [[nodiscard]] bool is_credential_field(std::string_view name) noexcept;
/// Adds those of \p outer that \p inner does not have, then \p inner, to \p head ("name: value\r\n" each), where they
/// take the place of fields of their name.
LLMX_DECL void write_header_fields(const header_fields& outer, const header_fields& inner, std::string& head);
} // namespace detail

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/core/impl/header_fields.ipp>
#endif
