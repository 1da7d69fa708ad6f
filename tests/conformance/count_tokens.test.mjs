// SPDX-License-Identifier: BSL-1.0
// Counting by Anthropic's and Google's SDKs, over each upstream: those that count are asked, for the others the gateway counts.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import { upstream_keys } from './lib/gateway.mjs';
import { needs_gateway, Stack } from './lib/stack.mjs';

const json = body => ({ reply: { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } });
const counts = { anthropic: { input_tokens: 41 }, gemini: { totalTokens: 41 } };

describe('count tokens', { timeout: 120_000, skip: needs_gateway }, () => {
    let s, claude, google;
    before(async () => {
        if (needs_gateway) return;
        s = await Stack.start();
        claude = new Anthropic({ baseURL: s.url, apiKey: s.key, maxRetries: 0, timeout: 15_000 });
        google = new GoogleGenAI({ apiKey: s.key, httpOptions: { baseUrl: s.url, timeout: 15_000 } });
    });
    after(() => s?.stop());
    beforeEach(() => s?.reset());

    for (const upstream of ['openai', 'anthropic', 'gemini']) {
        const calls = {
            anthropic: async () => (await claude.messages.countTokens({
                model: s.model(upstream), system: 'Be brief.', messages: [{ role: 'user', content: 'How many tokens are here?' }],
                tools: [{ name: 'f', description: 'does', input_schema: { type: 'object', properties: { a: { type: 'string' } } } }],
            })).input_tokens,
            gemini: async () => (await google.models.countTokens({ model: s.model(upstream), contents: 'How many tokens are here?' })).totalTokens,
        };
        for (const [facade, count] of Object.entries(calls))
            test(`${facade} client, ${upstream} upstream`, { timeout: 30_000 }, async () => {
                if (counts[upstream]) s.back.script(json(counts[upstream]));
                const n = await count();
                const head = s.front.last.reply.headers;
                if (!counts[upstream]) {
                    // gpt-4o: the text is 6 tokens of o200k_base.
                    assert.equal(s.back.exchanges.length, 0);
                    assert.match(head['x-llmx-tokenizer'], /o200k/);
                    assert.ok(n >= 10 && n <= 60, `${n} tokens`);
                    return;
                }
                assert.equal(n, 41);
                const x = s.upstream_request, sent = x.json();
                if (upstream === 'anthropic') {
                    assert.equal(x.path, '/v1/messages/count_tokens');
                    assert.equal(x.headers['x-api-key'], upstream_keys.anthropic);
                    assert.equal(sent.model, 'claude-sonnet-4-6');
                    assert.equal(sent.max_tokens, undefined);
                } else {
                    assert.equal(x.path, '/v1beta/models/gemini-2.5-flash:countTokens');
                    assert.equal(x.headers['x-goog-api-key'], upstream_keys.gemini);
                    if (facade === 'anthropic') assert.equal(sent.generateContentRequest.model, 'models/gemini-2.5-flash');
                }
            });
    }
    test("LiteLLM's form", { timeout: 30_000 }, async () => {
        const ask = async body => (await fetch(`${s.url}/utils/token_counter`, { method: 'POST', headers: { authorization: `Bearer ${s.key}` }, body: JSON.stringify(body) })).json();
        const r = await ask({ model: s.model('openai'), prompt: 'How many tokens are here?' });
        assert.equal(r.request_model, 'gpt');
        assert.equal(r.model_used, 'gpt-4o');
        assert.ok(r.total_tokens >= 4 && r.total_tokens <= 9);
        s.back.script(json(counts.anthropic));
        assert.deepEqual(await ask({ model: s.model('anthropic'), messages: [{ role: 'user', content: 'hi' }] }),
            { total_tokens: 41, request_model: 'claude', model_used: 'claude-sonnet-4-6', tokenizer_type: 'anthropic_api' });
    });
});
