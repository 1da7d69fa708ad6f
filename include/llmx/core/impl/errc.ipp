// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/errc.hpp>

#include <string>

namespace llmx::inline LLMX_ABI {
namespace detail {

class llmx_error_category final : public boost::system::error_category {
public:
    // A fixed id keeps two shared objects of one program in agreement.
    constexpr llmx_error_category() noexcept : error_category(0x6c6c6d7865727263ull) {}
    const char* name() const noexcept override { return "llmx"; }
    std::string message(int ev) const override {
        const errc_row* const row = find_row(errc_table, static_cast<errc>(ev));
        return row != nullptr ? row->sentence : "unknown llmx error";
    }
};

class llmx_condition_category final : public boost::system::error_category {
public:
    constexpr llmx_condition_category() noexcept : error_category(0x6c6c6d78636f6e64ull) {}
    const char* name() const noexcept override { return "llmx.condition"; }
    std::string message(int ev) const override {
        switch (static_cast<condition>(ev)) {
        case condition::retryable: return "retryable";
        case condition::quota: return "quota";
        case condition::auth: return "auth";
        case condition::client_fault: return "client fault";
        case condition::provider_fault: return "provider fault";
        case condition::transport: return "transport";
        case condition::deadline: return "deadline";
        case condition::cancelled: return "cancelled";
        case condition::truncated: return "truncated";
        }
        return "unknown llmx condition";
    }
    bool equivalent(const boost::system::error_code& code, int cond) const noexcept override {
        if (code.category() != llmx_category()) return false;
        const errc_row* const row = find_row(errc_table, static_cast<errc>(code.value()));
        return row != nullptr && row->conditions.contains(static_cast<condition>(cond));
    }
};

} // namespace detail

LLMX_DECL const boost::system::error_category& llmx_category() noexcept {
    static constexpr detail::llmx_error_category instance;
    return instance;
}

LLMX_DECL const boost::system::error_category& condition_category() noexcept {
    static constexpr detail::llmx_condition_category instance;
    return instance;
}

LLMX_DECL int http_status_of(errc e) noexcept {
    const errc_row* const row = find_row(errc_table, e);
    return row != nullptr ? row->status : 500;
}

LLMX_DECL std::string_view errc_name(errc e) noexcept {
    const errc_row* const row = find_row(errc_table, e);
    return row != nullptr ? row->name : std::string_view("internal");
}

} // namespace llmx::inline LLMX_ABI
