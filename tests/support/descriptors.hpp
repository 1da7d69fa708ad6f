// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace llmx_test {

/// Descriptors that the process has open, and a few that the count itself needs each time.
inline std::size_t open_descriptors() {
    std::size_t n = 0;
    DIR* const all = ::opendir("/proc/self/fd");
    BOOST_TEST_REQUIRE((all != nullptr));
    while (::readdir(all) != nullptr) ++n;
    ::closedir(all);
    return n;
}

/// The soft limit of open files, as it was again at the end.
class soft_limit {
public:
    explicit soft_limit(rlim_t n) {
        BOOST_REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
        rlimit now = before_;
        now.rlim_cur = n;
        BOOST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &now) == 0);
    }
    ~soft_limit() { ::setrlimit(RLIMIT_NOFILE, &before_); }
    soft_limit(const soft_limit&) = delete;
    soft_limit& operator=(const soft_limit&) = delete;

private:
    rlimit before_{};
};

/// Takes all descriptors that are left.
class shortage {
public:
    shortage() {
        for (int d; (d = ::open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;) taken_.push_back(d);
    }
    ~shortage() {
        while (!taken_.empty()) give_back();
    }
    void give_back() {
        ::close(taken_.back());
        taken_.pop_back();
    }

private:
    soft_limit limit_{512};
    std::vector<int> taken_;
};

} // namespace llmx_test
