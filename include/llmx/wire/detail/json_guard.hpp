// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <boost/json/memory_resource.hpp>
#include <boost/json/storage_ptr.hpp>

#include <cstddef>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

// Boost.JSON finds the members of an object by a hash whose salt is the address of the object's
// table. The low bits of the address of a large block are the same in every process, and of a
// table of 2^k places nothing but the low k bits of the hash count: a sender can choose names that
// all fall into one place, and each is compared with all before it. Ten thousand of them take
// 0.13 s, and a body of 32 MiB holds two hundred such objects.

/// The most members that an object of \p text has, or 0 when there are so few in all of the text
/// that no choice of names can cost much. Does not check the text: where it is wrong, the parser
/// stops too.
LLMX_DECL [[nodiscard]] std::size_t most_json_members(std::string_view text) noexcept;

/// Puts large blocks at addresses that a sender cannot foresee, up to a quarter of their size and
/// 64 KiB after their beginning.
LLMX_DECL class basic_salted_json_memory final : public boost::json::memory_resource {
public:
    explicit basic_salted_json_memory(boost::json::storage_ptr upstream) noexcept : upstream_(std::move(upstream)) {}

    /// Objects of fewer members have smaller tables: no choice of their names costs much.
    static constexpr std::size_t least_members = 64;

private:
    void* do_allocate(std::size_t size, std::size_t alignment) override;
    void do_deallocate(void* at, std::size_t size, std::size_t alignment) override;
    [[nodiscard]] bool do_is_equal(const boost::json::memory_resource& other) const noexcept override {
        return this == &other;
    }
    boost::json::storage_ptr upstream_;
};
using salted_json_memory = LLMX_PLAIN(basic_salted_json_memory);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/wire/impl/json_guard.ipp>
#endif
