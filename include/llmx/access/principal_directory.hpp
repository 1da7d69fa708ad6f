// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/access/key_ring.hpp>
#include <llmx/core/principal.hpp>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// Principals by their ids, for work that goes on after the request that began it: a batch runs with the limits that its caller's key has now.
///
/// Thread-safe. Takes a lock: it is not for the path of a request, where `key_ring` finds a principal by its key.
class principal_directory {
public:
    principal_directory() = default;
    principal_directory(const principal_directory&) = delete;
    principal_directory& operator=(const principal_directory&) = delete;

    /// From now on those of \p keys count. \p master: the principal "master" of the master key is one of them.
    void replace(const std::vector<access_key>& keys, bool master) {
        std::map<std::string, principal_ptr, std::less<>> fresh;
        for (const access_key& k : keys)
            if (k.who) fresh[k.who->id] = k.who;
        if (master) {
            auto who = std::make_shared<principal>();
            who->id = who->alias = "master";
            fresh["master"] = std::move(who);
        }
        const std::lock_guard<std::mutex> lock(mutex_);
        all_ = std::move(fresh);
    }
    /// Null when there is none.
    [[nodiscard]] principal_ptr find(std::string_view id) const {
        const std::lock_guard<std::mutex> lock(mutex_);
        const auto at = all_.find(id);
        return at == all_.end() ? nullptr : at->second;
    }

private:
    mutable std::mutex mutex_;
    std::map<std::string, principal_ptr, std::less<>> all_;
};

} // namespace llmx::inline LLMX_ABI
