// SPDX-License-Identifier: BSL-1.0
// What a target cannot say: an error naming the parameter, or dropped when drop_params is set; what only tunes is dropped in both cases.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { facades } from './lib/facades.mjs';
import { needs_gateway, Stack } from './lib/stack.mjs';

const lookup = { type: 'function', function: { name: 'lookup', parameters: { type: 'object' } } };
// [façade, upstream, what the client adds, how the error must name it (null: it is no error), what must not go upstream]
const rows = [
    ['openai', 'anthropic', { openai: { seed: 7 } }, null, /seed/],
    ['openai', 'anthropic', { openai: { n: 2 } }, /\bn\b/, /"n":/],
    ['openai', 'anthropic', { openai: { frequency_penalty: 0.5 } }, null, /frequency/],
    ['openai', 'anthropic', { openai: { presence_penalty: 0.5 } }, null, /presence/],
    ['openai', 'anthropic', { openai: { logit_bias: { 50256: -100 } } }, /logit_bias/, /bias/],
    ['openai', 'anthropic', { openai: { logprobs: true } }, /logprobs/, /logprobs/],
    ['openai', 'gemini', { openai: { logit_bias: { 50256: -100 } } }, /logit_bias/, /bias/i],
    ['openai', 'gemini', { openai: { tools: [lookup], response_format: { type: 'json_object' } } }, /response_format/, /responseMimeType/],
    ['openai', 'gemini', { openai: { tools: [lookup], web_search_options: {} } }, /web_search_options/, /googleSearch/],
    ['anthropic', 'gemini', { anthropic: { tools: [{ name: 'lookup', input_schema: { type: 'object' } }, { type: 'web_search_20250305', name: 'web_search' }] } }, /tools\[1\]/, /googleSearch/],
    ['azure', 'anthropic', { openai: { seed: 7 } }, null, /seed/],
    ['anthropic', 'openai', { anthropic: { top_k: 5 } }, null, /top_k/],
    ['anthropic', 'azure', { anthropic: { top_k: 5 } }, null, /top_k/],
    ['gemini', 'openai', { gemini: { topK: 5 } }, null, /top_?k/i],
    ['gemini', 'anthropic', { gemini: { seed: 7 } }, null, /seed/],
    ['gemini', 'anthropic', { gemini: { presencePenalty: 0.5 } }, null, /presence/i],
    ['gemini', 'anthropic', { gemini: { candidateCount: 2 } }, /generationConfig\.candidateCount/, /candidate|"n":/i],
];

for (const drop_params of [false, true])
    describe(`drop_params: ${drop_params}`, { timeout: 60_000, skip: needs_gateway }, () => {
        let s;
        before(async () => { if (!needs_gateway) s = await Stack.start({ config: { drop_params } }); });
        after(() => s?.stop());
        beforeEach(() => s?.reset());
        for (const [facade, upstream, more, named, gone] of rows)
            test(`${facade} client, ${upstream} upstream: ${JSON.stringify(Object.values(more)[0])}`, { timeout: 30_000 }, async () => {
                const f = facades[facade];
                const call = f.send(f.make(s.url, s.key), s.model(upstream), f.start({ prompt: '[plain]', ...more }));
                if (drop_params || named === null) {
                    assert.equal((await call).finish, 'stop');
                    assert.doesNotMatch(s.upstream_request.body.toString(), gone);
                } else {
                    const e = await call.then(() => null, x => x);
                    assert.ok(e instanceof f.error_class[400], `${e?.constructor?.name}: ${e?.message}`);
                    assert.match(e.message, named);
                    assert.equal(s.back.exchanges.length, 0, 'it went upstream');
                }
                await s.verify();
            });
    });

describe('same language', { timeout: 60_000, skip: needs_gateway }, () => {
    let s;
    before(async () => { if (!needs_gateway) s = await Stack.start(); });
    after(() => s?.stop());
    beforeEach(() => s?.reset());
    // Law 4: only the model is spliced, what llmx does not know goes on, in the client's own bytes.
    const rows_same = [
        ['/v1/chat/completions', 'gpt', 'gpt-4o', m => `{ "model" : "${m}",\n "messages":[{"role":"user","content":"[plain] \\u00fc"}], "temperature": 0.50, "a_new_member": {"x":[1,2.0,1e3]} }`],
        ['/v1/messages', 'claude', 'claude-sonnet-4-6', m => `{"max_tokens":9,"messages":[{"role":"user","content":[{"type":"text","text":"[plain]","a_new_member":1}]}],\t"model":"${m}" , "new":[ ]}`],
        ['/v1beta/models/gem:generateContent', null, null, () => '{"contents":[{"parts":[{"text":"[plain]"}]}] , "aNewMember":{"x":1.50}}'],
    ];
    for (const [path, alias, upstream_name, body] of rows_same)
        test(`${path}: the body passes through`, { timeout: 30_000 }, async () => {
            const r = await fetch(`${s.url}${path}`, { method: 'POST', headers: { authorization: `Bearer ${s.key}`, 'content-type': 'application/json' }, body: body(alias) });
            const text = await r.text();
            assert.equal(r.status, 200, text);
            assert.equal(s.upstream_request.body.toString(), body(upstream_name));
            assert.equal(text, s.upstream_request.reply.body.toString(), 'the reply\'s bytes changed');
        });
});
