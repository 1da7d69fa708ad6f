// SPDX-License-Identifier: BSL-1.0
// Searches: Perplexity's form, and each vendor's from its own documents: URL, credentials, members in and out.
#include <llmx/core/token_estimate.hpp>
#include <llmx/dialects/perplexity/search.hpp>
#include <llmx/providers/search_vendors.hpp>
#include <llmx/wire/url.hpp>

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace search_vendors_unit {

namespace {

using codec = llmx::perplexity_search;

boost::json::value json(std::string_view text) { return boost::json::parse(boost::json::string_view(text.data(), text.size())); }

std::string dropped(const llmx::drop_report& drops) {
    std::string out;
    for (const auto& e : drops.entries()) out.append(out.empty() ? "" : " ").append(e.at.text());
    return out;
}

llmx::search_request full() {
    llmx::search_request r("tool", "fine cats");
    r.max_results = 5;
    r.country = "US";
    r.domains = {"a.org", "b.org", "-c.org"};
    return r;
}

struct sent {
    std::string method, target, fields, body, lost;
};

template <class P> sent send(const llmx::search_request& request, llmx::deployment d = llmx::deployment()) {
    using form = llmx::search_codec<P::form>;
    sent out;
    llmx::encoded_request to(out.body);
    llmx::drop_report drops;
    form::encode_request(request, llmx::encode_options(), to, drops).value();
    out.lost = dropped(drops);
    if (d.key.empty()) d.key = llmx::secret("k-1");
    if (d.api_base.where.host.empty() && !P::facts.default_base.empty()) d.api_base = llmx::parse_base_url(P::facts.default_base).value();
    llmx::http_request http;
    http.fields = "content-type: application/json\r\n";
    http.body.assign(out.body);
    llmx::outgoing what(llmx::codec_of<form>);
    what.url_end = to.url_end;
    BOOST_REQUIRE(P().prepare(d, what, http).has_value());
    out.method = http.method;
    out.target = http.target;
    out.fields = http.fields;
    return out;
}

void check(const sent& got, const sent& wanted) {
    BOOST_TEST(got.method == wanted.method);
    BOOST_TEST(got.target == wanted.target);
    if (!wanted.fields.empty()) BOOST_TEST(got.fields.find(wanted.fields) != std::string::npos, got.fields);
    if (wanted.body.empty()) BOOST_TEST(got.body == "");
    else BOOST_TEST(json(got.body) == json(wanted.body));
    BOOST_TEST(got.lost == wanted.lost);
}

template <class P> llmx::search_reply read(std::string_view body) { return llmx::search_codec<P::form>::decode_reply(body).value(); }

void check(const llmx::search_reply& got, std::string_view title, std::string_view url, std::string_view snippet, std::string_view date) {
    BOOST_REQUIRE(got.results.size() == 1u);
    BOOST_TEST(got.results[0].title == title);
    BOOST_TEST(got.results[0].url == url);
    BOOST_TEST(got.results[0].snippet == snippet);
    BOOST_TEST(got.results[0].date == date);
    BOOST_TEST(got.usage.search_units == 1);
}

} // namespace

BOOST_AUTO_TEST_SUITE(providers_search_vendors)

BOOST_AUTO_TEST_CASE(each_vendor_gets_its_own_members) {
    const llmx::search_request r = full();
    check(send<llmx::tavily>(r), {"POST", "/search", "authorization: Bearer k-1\r\n",
                                  R"({"query":"fine cats","max_results":5,"include_domains":["a.org","b.org"],"exclude_domains":["c.org"]})", "country"});
    check(send<llmx::exa_ai>(r), {"POST", "/search", "x-api-key: k-1\r\n",
                                  R"({"query":"fine cats","numResults":5,"userLocation":"US","includeDomains":["a.org","b.org"],"excludeDomains":["c.org"],)"
                                  R"("contents":{"text":true}})", ""});
    const std::string sites = "fine%20cats%20%28site%3Aa.org%20OR%20site%3Ab.org%29%20-site%3Ac.org";
    check(send<llmx::brave>(r), {"GET", "/res/v1/web/search?q=" + sites + "&count=5&country=US", "x-subscription-token: k-1\r\n", "", ""});
    check(send<llmx::serper>(r), {"POST", "/search", "x-api-key: k-1\r\n",
                                  R"({"q":"fine cats (site:a.org OR site:b.org) -site:c.org","num":5,"gl":"us"})", ""});
    llmx::deployment own;
    own.api_base = llmx::parse_base_url("http://h:8080/sx").value();
    check(send<llmx::searxng>(r, own), {"GET", "/sx/search?q=" + sites + "&format=json", "accept: application/json\r\n", "", "country"});
    llmx::deployment engine;
    llmx::search_settings id;
    id.engine = "e 1";
    engine.settings = llmx::any_settings::of(id);
    check(send<llmx::google_pse>(r, engine), {"GET", "/customsearch/v1?q=" + sites + "&num=5&gl=us&cx=e%201", "x-goog-api-key: k-1\r\n", "", ""});
    check(send<llmx::duckduckgo>(llmx::search_request("t", "cats")), {"GET", "/?q=cats&format=json&no_html=1&skip_disambig=1", "", "", ""});
    check(send<llmx::firecrawl>(r), {"POST", "/v2/search", "authorization: Bearer k-1\r\n",
                                     R"({"query":"fine cats (site:a.org OR site:b.org) -site:c.org","limit":5,"country":"US"})", ""});
    check(send<llmx::linkup>(r), {"POST", "/v1/search", "authorization: Bearer k-1\r\n",
                                  R"({"q":"fine cats","maxResults":5,"includeDomains":["a.org","b.org"],"excludeDomains":["c.org"],"depth":"standard",)"
                                  R"("outputType":"searchResults"})", "country"});
    check(send<llmx::parallel_ai>(r), {"POST", "/v1beta/search", "x-api-key: k-1\r\n",
                                       R"({"search_queries":["fine cats"],"max_results":5,"source_policy":{"include_domains":["a.org","b.org"],)"
                                       R"("exclude_domains":["c.org"]}})", "country"});
    check(send<llmx::searchapi>(r), {"GET", "/api/v1/search?q=" + sites + "&num=5&gl=us&engine=google", "authorization: Bearer k-1\r\n", "", ""});
    check(send<llmx::you_com>(r), {"GET", "/v1/search?query=" + sites + "&count=5&country=US", "x-api-key: k-1\r\n", "", ""});
}

BOOST_AUTO_TEST_CASE(a_key_is_in_no_url) {
    BOOST_TEST(send<llmx::google_pse>(full()).target.find("k-1") == std::string::npos);
    BOOST_TEST(send<llmx::brave>(full()).fields.find("content-type") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_base_may_have_the_path) {
    llmx::deployment d;
    d.api_base = llmx::parse_base_url("https://proxy/x/search").value();
    BOOST_TEST(send<llmx::tavily>(full(), d).target == "/x/search");
}

BOOST_AUTO_TEST_CASE(a_callers_own_words_go_along_and_win) {
    llmx::search_request r("t", "cats");
    r.extra.add(codec::name, "depth", R"("deep")");
    r.extra.add(codec::name, "includeImages", "true");
    r.extra.add(codec::name, "search_recency_filter", R"("week")");
    check(send<llmx::linkup>(r), {"POST", "/v1/search", "", R"({"q":"cats","outputType":"searchResults","depth":"deep","includeImages":true})",
                                  "search_recency_filter"});
    llmx::search_request url("t", "cats");
    url.extra.add(codec::name, "freshness", R"("p d&x")");
    url.extra.add(codec::name, "nested", R"({"a":1})");
    check(send<llmx::brave>(url), {"GET", "/res/v1/web/search?q=cats&freshness=p%20d%26x", "", "", "nested"});
}

BOOST_AUTO_TEST_CASE(limits_of_vendors_are_reported) {
    llmx::search_request r("t", "cats");
    r.max_results = 21;
    r.max_tokens_per_page = 100;
    BOOST_TEST(send<llmx::tavily>(r).lost == "max_results max_tokens_per_page");
    r.queries.push_back("dogs");
    std::string body;
    llmx::encoded_request to(body);
    llmx::drop_report drops;
    const auto refused = llmx::search_codec<llmx::tavily::form>::encode_request(r, llmx::encode_options(), to, drops);
    BOOST_TEST((refused.error().value() == llmx::errc::unsupported_parameter));
    r.max_results = 5;
    BOOST_TEST(json(send<llmx::parallel_ai>(r).body).at("search_queries").as_array().size() == 2u);
    llmx::search_request none;
    BOOST_TEST(llmx::search_codec<llmx::tavily::form>::encode_request(none, llmx::encode_options(), to, drops).has_error());
}

BOOST_AUTO_TEST_CASE(each_vendors_answer_becomes_results) {
    check(read<llmx::tavily>(R"({"query":"q","results":[{"title":"T","url":"u","content":"C","score":0.9,"published_date":"D"}]})"), "T", "u", "C", "D");
    check(read<llmx::exa_ai>(R"({"results":[{"title":"T","url":"u","publishedDate":"D","highlights":["a","b"]}]})"), "T", "u", "a\nb", "D");
    check(read<llmx::brave>(R"({"type":"search","web":{"results":[{"title":"T","url":"u","description":"C","age":"2 days"}]}})"), "T", "u", "C", "2 days");
    check(read<llmx::serper>(R"({"organic":[{"title":"T","link":"u","snippet":"C","date":"D","position":1}]})"), "T", "u", "C", "D");
    check(read<llmx::searxng>(R"({"results":[{"title":"T","url":"u","content":"C","publishedDate":null}]})"), "T", "u", "C", "");
    check(read<llmx::google_pse>(R"({"items":[{"title":"T","link":"u","snippet":"C"}]})"), "T", "u", "C", "");
    check(read<llmx::duckduckgo>(R"({"RelatedTopics":[{"Text":"T","FirstURL":"u"},{"Name":"group","Topics":[]}]})"), "T", "u", "T", "");
    check(read<llmx::firecrawl>(R"({"success":true,"data":{"web":[{"title":"T","url":"u","description":"C"}]}})"), "T", "u", "C", "");
    check(read<llmx::linkup>(R"({"results":[{"type":"text","name":"T","url":"u","content":"C"}]})"), "T", "u", "C", "");
    check(read<llmx::parallel_ai>(R"({"search_id":"s","results":[{"title":"T","url":"u","publish_date":"D","excerpts":["a","b"]}]})"), "T", "u", "a\nb", "D");
    check(read<llmx::searchapi>(R"({"organic_results":[{"title":"T","link":"u","snippet":"C","date":"D"}]})"), "T", "u", "C", "D");
    check(read<llmx::you_com>(R"({"results":{"web":[{"title":"T","url":"u","snippets":["a"],"page_age":"D"}],"news":[]}})"), "T", "u", "a", "D");
}

BOOST_AUTO_TEST_CASE(an_answer_may_have_no_results_and_be_malformed) {
    BOOST_TEST(read<llmx::brave>(R"({"type":"search"})").results.empty());
    BOOST_TEST(read<llmx::tavily>(R"({"results":[7,{"title":"no url"},null]})").results.empty());
    BOOST_TEST(read<llmx::firecrawl>(R"({"data":[]})").results.empty());
    using form = llmx::search_codec<llmx::tavily::form>;
    BOOST_TEST((form::decode_reply("[").error().value() == llmx::errc::bad_response));
    BOOST_TEST(form::decode_reply(R"({"error":{"message":"no"}})").has_error());
    BOOST_TEST(form::scan_usage(R"({"error":{"message":"no"}})").empty());
    BOOST_TEST(form::scan_usage(R"({"results":[]})").search_units == 1);
    // A server without a parameter for it: the answer is cut.
    std::string body;
    llmx::encoded_request to(body);
    llmx::drop_report drops;
    llmx::search_request one("t", "q");
    one.max_results = 1;
    using searxng = llmx::search_codec<llmx::searxng::form>;
    BOOST_REQUIRE(searxng::encode_request(one, llmx::encode_options(), to, drops).has_value());
    BOOST_TEST(searxng::decode_reply(R"({"results":[{"url":"a"},{"url":"b"}]})", to.how.get()).value().results.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_engine_is_needed_where_accounts_have_them) {
    llmx::deployment d;
    d.provider = "google_pse";
    const auto missing = llmx::google_pse::complete(d, [](std::string_view) { return std::optional<std::string>(); });
    BOOST_TEST(missing.error().message().find("GOOGLE_PSE_ENGINE_ID") != std::string::npos);
    const auto found = llmx::google_pse::complete(d, [](std::string_view name) {
        return name == "GOOGLE_PSE_ENGINE_ID" ? std::optional<std::string>("e") : std::nullopt;
    });
    BOOST_TEST(found.has_value());
    BOOST_TEST(d.settings.get<llmx::search_settings>().engine == "e");
}

BOOST_AUTO_TEST_CASE(perplexitys_form_reads_and_writes_every_member) {
    const std::string_view body =
        R"({"query":"cats","max_results":5,"search_domain_filter":["a.org"],"country":"US","max_tokens_per_page":512,"search_recency_filter":"week"})";
    const auto r = codec::decode_request(body, llmx::request_target{"tool", false}).value();
    std::string out;
    llmx::drop_report drops;
    codec::encode_request(r, llmx::encode_options(), out, drops).value();
    BOOST_TEST(json(out) == json(body));
    BOOST_TEST(dropped(drops) == "");
    BOOST_TEST(llmx::estimate_tokens(r) != 0u);
    const auto head = codec::scan_request(body, llmx::request_target{"tool", false}).value();
    BOOST_TEST(head.model == "tool");
    BOOST_TEST(!head.must_translate);
    // The vendor does not know a tool's name.
    for (const std::string_view named : {R"({"search_tool_name":"t","query":["a","b"]})", R"({"model":"t","query":"a"})",
                                         R"({"model":"x","search_tool_name":"t","query":"a"})"}) {
        const auto scanned = codec::scan_request(named, llmx::request_target()).value();
        BOOST_TEST(scanned.model == "t");
        BOOST_TEST(scanned.must_translate);
        BOOST_TEST(codec::decode_request(named, llmx::request_target()).value().model == "t");
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_search_is_refused_by_name) {
    struct row {
        std::string_view body, param;
    };
    const row rows[] = {{R"({"query":"a"})", "search_tool_name"}, {R"({"model":"t"})", "query"}, {R"({"model":"t","query":""})", "query"},
                        {R"({"model":"t","query":7})", "query"},  {R"({"model":7,"query":"a"})", "model"}};
    for (const row& one : rows) BOOST_TEST(codec::scan_request(one.body, llmx::request_target()).error().param() == one.param, one.body);
    for (const std::string_view body : {R"({"model":"t","query":[]})", R"({"model":"t","query":["a",""]})", R"({"model":"t","query":["a",7]})"})
        BOOST_TEST(codec::decode_request(body, llmx::request_target()).has_error(), body);
}

BOOST_AUTO_TEST_CASE(perplexitys_answers) {
    const std::string_view body = R"({"id":"s","results":[{"title":"T","url":"u","snippet":"C","date":"D","last_updated":"L","x":1}],"server_time":null})";
    const auto r = codec::decode_reply(body).value();
    BOOST_TEST(r.results.at(0).last_updated == "L");
    BOOST_TEST(codec::scan_usage(body).search_units == 1);
    std::string out;
    codec::encode_reply(r, llmx::reply_options(), out);
    BOOST_TEST(json(out) == json(R"({"object":"search","id":"s","results":[{"title":"T","url":"u","snippet":"C","date":"D","last_updated":"L","x":1}]})"));
    BOOST_TEST(codec::decode_reply(R"({"results":[[{"url":"a"}],[{"url":"b"}]]})").value().results.size() == 2u);
    for (const std::string_view bad : {R"({})", R"({"results":7})", R"({"results":[7]})", R"({"results":[[[]]]})", "["})
        BOOST_TEST((codec::decode_reply(bad).error().value() == llmx::errc::bad_response), bad);
    BOOST_TEST(!codec::holds_answer(R"({"x":1})"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace search_vendors_unit
