// SPDX-License-Identifier: BSL-1.0
// Blobs in a folder: what survives, what a name may be, and the limits.
#include "stores.hpp"

#include <fstream>

namespace folder_unit {

using namespace storage_test;

BOOST_AUTO_TEST_SUITE(storage_folder)

BOOST_AUTO_TEST_CASE(blobs_survive_a_restart) {
    folder_case s;
    cancellation go;
    good(s.blobs().put("files/a", "first", go));
    good(s.blobs().append("files/b", 0, "one", go));
    good(s.blobs().append("files/b", 3, " two", go));
    good(s.blobs().put("gone", "x", go));
    BOOST_TEST(good(s.blobs().erase("gone", go)));
    s.reopen();
    BOOST_TEST(good(s.blobs().read("files/a", 0, 100, go)) == "first");
    BOOST_TEST(good(s.blobs().read("files/b", 0, 100, go)) == "one two");
    BOOST_TEST(good(s.blobs().list("", "", 10, go)).size() == 2u);
    good(s.blobs().append("files/b", 7, "!", go));
    BOOST_TEST(good(s.blobs().size("files/b", go)).value() == 8u);
}

BOOST_AUTO_TEST_CASE(a_key_is_any_bytes_and_leaves_no_folder) {
    folder_case s;
    cancellation go;
    const std::string keys[] = {"../escape", "/etc/passwd", "a/../b", "..", ".", "a//b", "a/", std::string("nul\0byte", 8), "UPPER", "upper",
                                "per%cent", "a.blob", "x.new", "\xff\xfe", "a", "a/b"};
    for (const std::string& key : keys) good(s.blobs().put(key, "of " + key, go));
    s.reopen();
    for (const std::string& key : keys) BOOST_TEST(good(s.blobs().read(key, 0, 100, go)) == "of " + key);
    BOOST_TEST(good(s.blobs().list("", "", 100, go)).size() == std::size(keys));
    for (const auto& one : std::filesystem::recursive_directory_iterator(s.path())) {
        for (const std::filesystem::path& part : one.path().lexically_relative(s.path())) BOOST_TEST((part != "." && part != ".."));
    }
    BOOST_TEST(!std::filesystem::exists(s.path().parent_path() / "escape.blob"));
    BOOST_TEST((fault(s.blobs().put(std::string(300, 'a'), "x", go)) == errc::invalid_request));
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_refused_and_changes_nothing) {
    folder_case s;
    cancellation go;
    s.limits.max_bytes = 10;
    s.limits.max_blobs = 2;
    s.reopen();
    good(s.blobs().put("a", "12345", go));
    BOOST_TEST((fault(s.blobs().put("b", "123456", go)) == errc::shed));
    BOOST_TEST((fault(s.blobs().append("a", 5, "123456", go)) == errc::shed));
    BOOST_TEST(good(s.blobs().read("a", 0, 100, go)) == "12345");
    good(s.blobs().put("a", "1234567890", go));
    good(s.blobs().put("a", "1", go));
    good(s.blobs().put("b", "2", go));
    BOOST_TEST((fault(s.blobs().put("c", "", go)) == errc::shed));
    BOOST_TEST(good(s.blobs().erase("b", go)));
    good(s.blobs().put("c", "123456789", go));
}

BOOST_AUTO_TEST_CASE(a_folder_has_one_process_and_a_reason_when_it_cannot_be_used) {
    folder_case s;
    const auto second = folder_store::open(s.options());
    BOOST_TEST((second.error().value() == errc::bad_configuration));
    BOOST_TEST(second.error().message().find("in use by another process") != std::string::npos);
    folder_store_options o;
    BOOST_TEST((folder_store::open(o).error().value() == errc::bad_configuration));
    o.path = (s.path() / ".lock" / "below a file").string();
    BOOST_TEST((folder_store::open(o).error().value() == errc::bad_configuration));
}

BOOST_AUTO_TEST_CASE(half_of_a_blob_that_was_being_put_is_none) {
    folder_case s;
    cancellation go;
    good(s.blobs().put("a", "whole", go));
    std::ofstream(s.path() / "a.blob.new") << "ha";
    s.reopen();
    BOOST_TEST(good(s.blobs().read("a", 0, 100, go)) == "whole");
    BOOST_TEST(!std::filesystem::exists(s.path() / "a.blob.new"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace folder_unit
