// SPDX-License-Identifier: BSL-1.0
#include <llmx/server/machine_memory.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

namespace machine_memory_unit {

using namespace llmx;

namespace {

constexpr std::uint64_t none = std::numeric_limits<std::uint64_t>::max();

/// A folder that looks like the root of a system, gone at the end.
class system_root {
public:
    system_root() {
        std::string name = (std::filesystem::temp_directory_path() / "llmx-root-XXXXXX").string();
        BOOST_REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~system_root() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    void file(const std::string& name, const std::string& text) const {
        const std::filesystem::path where = path + name;
        std::filesystem::create_directories(where.parent_path());
        std::ofstream(where) << text;
    }
    std::string path;
};

} // namespace

BOOST_AUTO_TEST_SUITE(server_machine_memory)

BOOST_AUTO_TEST_CASE(says_what_this_machine_has) {
    BOOST_TEST(machine_memory() > 64u * 1024 * 1024);
    BOOST_TEST(default_memory_limit() == machine_memory() / 4);
}

BOOST_AUTO_TEST_CASE(without_control_groups_there_is_no_limit) {
    const system_root root;
    BOOST_TEST(detail::cgroup_memory_limit(root.path) == none);
    root.file("/proc/self/cgroup", "nonsense\n0\n:\n");
    BOOST_TEST(detail::cgroup_memory_limit(root.path) == none);
}

BOOST_AUTO_TEST_CASE(version_2) {
    const system_root root;
    root.file("/proc/self/cgroup", "0::/a/b\n");
    BOOST_TEST(detail::cgroup_memory_limit(root.path) == none);
    root.file("/sys/fs/cgroup/a/b/memory.max", "max\n");
    BOOST_TEST(detail::cgroup_memory_limit(root.path) == none);
    root.file("/sys/fs/cgroup/a/b/memory.max", "3000\n");
    BOOST_TEST(detail::cgroup_memory_limit(root.path) == 3000u);
    root.file("/sys/fs/cgroup/a/memory.max", "2000\n"); // a group above binds too
    BOOST_TEST(detail::cgroup_memory_limit(root.path) == 2000u);
    root.file("/sys/fs/cgroup/memory.max", "1000\n");
    BOOST_TEST(detail::cgroup_memory_limit(root.path) == 1000u);
    root.file("/sys/fs/cgroup/memory.max", "9223372036854771712\n");
    BOOST_TEST(detail::cgroup_memory_limit(root.path) == 2000u);
}

BOOST_AUTO_TEST_CASE(version_2_in_a_container) {
    const system_root root;
    root.file("/proc/self/cgroup", "0::/\n");
    root.file("/sys/fs/cgroup/memory.max", "536870912\n");
    BOOST_TEST(detail::cgroup_memory_limit(root.path) == 536870912u);
}

BOOST_AUTO_TEST_CASE(version_1) {
    const system_root root;
    root.file("/proc/self/cgroup", "12:cpu,cpuacct:/x\n7:memory:/docker/abc\n3:hugetlb,memory2:/y\n0::/z\n");
    root.file("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    BOOST_TEST(detail::cgroup_memory_limit(root.path) == 9223372036854771712u);
    root.file("/sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "4000\n");
    BOOST_TEST(detail::cgroup_memory_limit(root.path) == 4000u);
    // In a container without a namespace of its own only the root is there.
    std::filesystem::remove_all(root.path + "/sys/fs/cgroup/memory/docker");
    root.file("/sys/fs/cgroup/memory/memory.limit_in_bytes", "5000\n");
    BOOST_TEST(detail::cgroup_memory_limit(root.path) == 5000u);
    root.file("/proc/self/cgroup", "7:hugetlb,memory,pids:/docker/abc\n");
    BOOST_TEST(detail::cgroup_memory_limit(root.path) == 5000u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace machine_memory_unit
