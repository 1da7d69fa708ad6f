// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

LLMX_DECL class basic_runtime;
using runtime = LLMX_PLAIN(basic_runtime);

namespace detail {

/// Its address identifies the type \p S.
template <class S> inline constexpr char service_key{};

/// The services of one runtime, by type. Not thread-safe, as the runtime is not.
///
/// A search through a handful of pointers: a program has about ten services, and those looked
/// up for every call were made first and are found first.
class service_table {
public:
    service_table() = default;
    service_table(const service_table&) = delete;
    service_table& operator=(const service_table&) = delete;
    /// Newest first: a service may use those that were there when it was made.
    ~service_table() {
        while (!all_.empty()) all_.pop_back();
    }

    /// The service \p S, made by `S(on)` or, where there is no such constructor, by `S()`.
    template <class S> S& use(runtime& on) {
        for (const entry& e : all_)
            if (e.key == &service_key<S>) return *static_cast<S*>(e.made.get());
        std::shared_ptr<S> made;
        if constexpr (std::is_constructible_v<S, runtime&>) made = std::make_shared<S>(on);
        else made = std::make_shared<S>();
        // Making it may have made others.
        S& service = *made;
        entry e;
        e.key = &service_key<S>;
        e.made = std::move(made);
        all_.push_back(std::move(e));
        return service;
    }

    /// The service \p S if it has been made, else null.
    template <class S> [[nodiscard]] S* find() const noexcept {
        for (const entry& e : all_)
            if (e.key == &service_key<S>) return static_cast<S*>(e.made.get());
        return nullptr;
    }

private:
    struct entry {
        const char* key = nullptr;
        std::shared_ptr<void> made;
    };
    std::vector<entry> all_;
};

} // namespace detail
} // namespace llmx::inline LLMX_ABI
