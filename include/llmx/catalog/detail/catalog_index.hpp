// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {
struct model_facts;
namespace detail {
struct catalog_reader;

/// Texts with a number each, in one block: a lookup is a hash and mostly one comparison. The texts belong to the catalogue, which
/// makes a new index after it has changed them.
class catalog_index {
public:
    catalog_index() = default;
    static constexpr std::uint32_t none = 0xffffffffu;

    /// Room for \p count texts; what was in it is gone.
    LLMX_DECL void reset(std::size_t count);
    /// False when \p key is there already: the first one stays.
    template <class TextOf> bool insert(std::string_view key, std::uint32_t number, const TextOf& text_of) {
        const std::uint32_t h = hash_of(key);
        if (key.size() > longest_) longest_ = key.size();
        for (std::size_t at = h & mask_;; at = (at + 1) & mask_) {
            slot& s = slots_[at];
            if (s.number == none) {
                s.hash = h;
                s.number = number;
                return true;
            }
            if (s.hash == h && text_of(s.number) == key) return false;
        }
    }
    template <class TextOf> [[nodiscard]] std::uint32_t find(std::string_view key, const TextOf& text_of) const noexcept {
        if (key.size() > longest_ || slots_.empty()) return none;
        const std::uint32_t h = hash_of(key);
        for (std::size_t at = h & mask_;; at = (at + 1) & mask_) {
            const slot& s = slots_[at];
            if (s.number == none || (s.hash == h && text_of(s.number) == key)) return s.number;
        }
    }
    LLMX_DECL [[nodiscard]] static std::uint32_t hash_of(std::string_view key) noexcept;

private:
    struct slot {
        std::uint32_t hash = 0;
        std::uint32_t number = none;
    };
    std::vector<slot> slots_;
    std::size_t mask_ = 0;
    /// Length of the longest text: paths and ARNs are longer, and are not hashed.
    std::size_t longest_ = 0;
};

/// Part of a name that a model is known under: the name without what a region, a date or a version adds. Forms come in the
/// order of preference; the first is the whole name.
class model_name_forms {
public:
    LLMX_DECL explicit model_name_forms(std::string_view model) noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return starts_ * ends_; }
    [[nodiscard]] std::string_view operator[](std::size_t i) const noexcept {
        const std::size_t from = start_[i / ends_], to = end_[i % ends_];
        return from < to ? name_.substr(from, to - from) : std::string_view();
    }
    /// \p name without the date, version or "-latest" at its end; \p name itself when there is none.
    LLMX_DECL [[nodiscard]] static std::string_view without_suffix(std::string_view name) noexcept;

private:
    void add_start(std::size_t at) noexcept {
        if (starts_ < 4) start_[starts_++] = at;
    }
    std::string_view name_;
    std::size_t start_[4] = {}, end_[4] = {};
    std::size_t starts_ = 0, ends_ = 0;
};

} // namespace detail
} // namespace llmx::inline LLMX_ABI
