// SPDX-License-Identifier: BSL-1.0
#include <llmx/wire/data_url.hpp>

#include <boost/test/unit_test.hpp>

#include <string_view>

namespace data_url_unit {

using namespace std::string_view_literals;

BOOST_AUTO_TEST_SUITE(wire_data_url)

BOOST_AUTO_TEST_CASE(an_image) {
    const auto url = llmx::parse_data_url("data:image/png;base64,iVBORw0KGgo=").value();
    BOOST_TEST(url.media_type == "image/png");
    BOOST_TEST(url.parameters.empty());
    BOOST_TEST(url.base64);
    BOOST_TEST(url.payload == "iVBORw0KGgo=");
    BOOST_TEST(llmx::data_url_bytes(url).value() == "\x89PNG\r\n\x1a\n");
    BOOST_TEST(llmx::make_data_url(url.media_type, url.payload) == "data:image/png;base64,iVBORw0KGgo=");
}

BOOST_AUTO_TEST_CASE(forms_of_rfc_2397) {
    const auto brief = llmx::parse_data_url("data:,A%20brief%20note").value();
    BOOST_TEST(brief.media_type == "text/plain");
    BOOST_TEST(!brief.base64);
    BOOST_TEST(llmx::data_url_bytes(brief).value() == "A brief note");

    const auto with = llmx::parse_data_url("DATA:text/plain;charset=iso-8859-7;x=y,%be%FE").value();
    BOOST_TEST(with.media_type == "text/plain");
    BOOST_TEST(with.parameters == "charset=iso-8859-7;x=y");
    BOOST_TEST(llmx::data_url_bytes(with).value() == "\xbe\xfe");

    const auto all = llmx::parse_data_url("data:audio/wav;codec=pcm;BASE64,Zm9v,x").value();
    BOOST_TEST(all.media_type == "audio/wav");
    BOOST_TEST(all.parameters == "codec=pcm");
    BOOST_TEST(all.base64);
    BOOST_TEST(all.payload == "Zm9v,x");
    BOOST_TEST(llmx::data_url_bytes(all).has_error());

    const auto none = llmx::parse_data_url("data:;base64,").value();
    BOOST_TEST(none.media_type == "text/plain");
    BOOST_TEST(none.base64);
    BOOST_TEST(none.payload.empty());
    BOOST_TEST(llmx::data_url_bytes(none).value().empty());

    const auto parameter = llmx::parse_data_url("data:;charset=utf-8,x").value();
    BOOST_TEST(parameter.media_type == "text/plain");
    BOOST_TEST(parameter.parameters == "charset=utf-8");
    BOOST_TEST(llmx::parse_data_url("data:application/vnd.oai+json,x").value().media_type ==
        "application/vnd.oai+json");
}

BOOST_AUTO_TEST_CASE(what_is_rejected) {
    for (const auto text : {""sv, "data"sv, "data:"sv, "data:image/png;base64"sv, "http://a/,b"sv, "data:image,x"sv,
                            "data:/png,x"sv, "data:image/,x"sv, "data:image/png/x,y"sv, "data:im age/png,y"sv,
                            "data:base64,Zm9v"sv, "data:image/p\nng;base64,Zm9v"sv}) {
        const auto r = llmx::parse_data_url(text);
        BOOST_TEST_REQUIRE(r.has_error(), text);
        BOOST_TEST((r.error().value() == llmx::errc::invalid_request));
    }
    for (const auto text : {"data:,%"sv, "data:,%4"sv, "data:,%4g"sv, "data:,%g4"sv, "data:;base64,Zg"sv})
        BOOST_TEST(llmx::data_url_bytes(llmx::parse_data_url(text).value()).has_error(), text);
    // An escape that the payload ends within is not completed by what lies behind it.
    for (const auto n : {1u, 2u}) BOOST_TEST(llmx::data_url_bytes({{}, {}, false, "%41"sv.substr(0, n)}).has_error());
    BOOST_TEST(llmx::is_data_url("Data:x"));
    BOOST_TEST(!llmx::is_data_url("dat"));
    BOOST_TEST(!llmx::is_data_url("https://x/data:"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace data_url_unit
