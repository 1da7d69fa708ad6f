// SPDX-License-Identifier: BSL-1.0
// Judges recorded exchanges: what went upstream, and what the client was given.
import * as openai from './ajv_openai.mjs';
import * as anthropic from './anthropic_sequence.mjs';
import * as gemini from './gemini_protos.mjs';
import * as mistral from './mistral.mjs';
import { master_key, upstream_keys } from './gateway.mjs';

const routes = [
    { dialect: 'openai', provider: 'openai', match: /^(\/v1)?\/chat\/completions$/ },
    { dialect: 'responses', provider: 'openai', match: /^(\/v1)?\/responses$/ },
    { dialect: 'openai', provider: 'azure', match: /^\/openai\/deployments\/[^/]+\/chat\/completions$/ },
    { dialect: 'anthropic', provider: 'anthropic', match: /^\/v1\/messages$/ },
    { dialect: 'mistral', provider: 'mistral', match: /^\/mistralai\/v1\/chat\/completions$/ },
    { dialect: 'gemini', provider: 'gemini', match: /^\/v1beta\/models\/[^/]+:(generateContent|streamGenerateContent)$/ },
];
export const route_of = x => routes.find(r => r.match.test(x.path)) ?? null;

const checks = {
    openai: {
        request: (x, { translated, provider }) => openai.check_chat_request(x.json(), { translated, model_in_path: provider === 'azure' }),
        reply: body => openai.check_chat_reply(body),
        stream: (x, { broken }) => openai.check_chat_stream(x.reply.body, { broken, include_usage: x.json().stream_options?.include_usage === true }),
        error: body => openai.check_error(body),
        streams: x => x.json().stream === true,
    },
    responses: {
        request: x => openai.check_responses_request(x.json()),
        // The gateway passes on what the upstream wrote; `responses.test.mjs` judges what the gateway writes itself.
        reply: () => [],
        stream: () => [],
        error: body => openai.check_error(body),
        streams: x => x.json().stream === true,
    },
    anthropic: {
        request: x => anthropic.check_messages_request(x.json()),
        reply: body => anthropic.check_message(body),
        stream: (x, { broken }) => anthropic.check_message_stream(x.reply.body, { broken }),
        error: body => anthropic.check_error(body),
        streams: x => x.json().stream === true,
    },
    mistral: {
        request: x => mistral.check_mistral_request(x.json()),
        reply: body => mistral.check_mistral_reply(body),
        stream: (x, options) => mistral.check_mistral_stream(x.reply.body, options),
        error: body => body.object === 'error' ? [] : [`an error without "object":"error": ${JSON.stringify(body)}`],
        streams: x => x.json().stream === true,
    },
    gemini: {
        request: x => gemini.check_generate_request(x.json()),
        reply: body => gemini.check_generate_reply(body),
        stream: (x, { broken }) => gemini.check_generate_stream(x.reply.body, { broken, json_array: !/[?&]alt=sse\b/.test(x.url) }),
        error: body => gemini.check_error(body),
        streams: x => x.path.endsWith(':streamGenerateContent'),
    },
};

/// Problems of a request that llmx sent upstream. `facade`: dialect of the call behind it.
export function judge_request(x, { facade, through_gateway }) {
    const route = route_of(x);
    if (!route) return [`upstream got ${x.method} ${x.url}`];
    const problems = [];
    const say = (ok, text) => { if (!ok) problems.push(`${x.method} ${x.path}: ${text}`); };
    say(x.method === 'POST', 'not a POST');
    say(/^application\/json\b/.test(x.headers['content-type'] ?? ''), `content-type ${x.headers['content-type']}`);
    try {
        problems.push(...checks[route.dialect].request(x, { translated: facade !== route.dialect, provider: route.provider }).map(p => `to ${route.provider}: ${p}`));
    } catch (e) { say(false, `not readable: ${e.message}`); }
    if (!through_gateway) return problems;
    const key = upstream_keys[route.provider], h = x.headers, query = new URL(x.url, 'http://x').searchParams;
    switch (route.provider) {
    case 'openai': say(h.authorization === `Bearer ${key}`, 'no upstream key in authorization'); break;
    case 'azure': say(h['api-key'] === key && !h.authorization, 'no upstream key in api-key'); say(query.get('api-version') === '2024-10-21', `api-version ${query.get('api-version')}`); break;
    case 'anthropic': say(h['x-api-key'] === key, 'no upstream key in x-api-key'); say(/^\d{4}-\d\d-\d\d$/.test(h['anthropic-version'] ?? ''), 'no anthropic-version'); break;
    case 'gemini': say(h['x-goog-api-key'] === key || query.get('key') === key, 'no upstream key in x-goog-api-key'); break;
    }
    const everything = `${x.url} ${x.raw_headers.join(' ')} ${x.body}`;
    say(!everything.includes(master_key), 'the caller\'s key went upstream');
    for (const [provider, other] of Object.entries(upstream_keys)) if (provider !== route.provider) say(!everything.includes(other), `the key of ${provider} went to ${route.provider}`);
    return problems;
}

/// Problems of an answer that a client was given. `broken`: the stream had to end in an error.
export function judge_answer(x, { broken = false } = {}) {
    const route = route_of(x);
    if (!route) return [];
    const c = checks[route.dialect], { status, headers, body, complete } = x.reply;
    const type = headers['content-type'] ?? '';
    const where = `answer to ${x.method} ${x.path} (${status})`;
    const problems = [];
    if (!complete && !broken && !x.left) problems.push('the HTTP message is not complete');
    try {
        if (status >= 400) {
            if (!/^application\/json\b/.test(type)) problems.push(`content-type ${type}`);
            problems.push(...c.error(JSON.parse(body)));
        } else if (status !== 200) problems.push('neither 200 nor an error');
        else if (c.streams(x)) {
            const array = route.dialect === 'gemini' && !/[?&]alt=sse\b/.test(x.url);
            if (!(array ? /^application\/json\b/ : /^text\/event-stream\b/).test(type)) problems.push(`content-type ${type}`);
            problems.push(...c.stream(x, { broken }));
        } else if (!broken) {
            if (!/^application\/json\b/.test(type)) problems.push(`content-type ${type}`);
            problems.push(...c.reply(JSON.parse(body)));
        }
    } catch (e) { problems.push(`not readable: ${e.message}: ${body.toString('utf8').slice(0, 200)}`); }
    const shown = body.toString('utf8') + JSON.stringify(headers);
    for (const key of Object.values(upstream_keys)) if (shown.includes(key)) problems.push('shows an upstream key');
    return problems.map(p => `${where}: ${p}`);
}
