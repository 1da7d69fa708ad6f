// SPDX-License-Identifier: BSL-1.0
// Keys, the list of models, health and the gateway's own headers, through the clients.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { check_schema } from './lib/ajv_openai.mjs';
import { facades } from './lib/facades.mjs';
import { check_message } from './lib/gemini_protos.mjs';
import { master_key, upstream_keys } from './lib/gateway.mjs';
import { needs_gateway, Stack } from './lib/stack.mjs';

describe('access', { timeout: 120_000, skip: needs_gateway }, () => {
    let s;
    before(async () => { if (!needs_gateway) s = await Stack.start(); });
    after(() => s?.stop());
    beforeEach(() => s?.reset());

    for (const [facade, f] of Object.entries(facades)) {
        test(`${facade} client: a wrong key`, { timeout: 30_000 }, async () => {
            for (const stream of [false, true]) {
                const e = await f.send(f.make(s.url, 'sk-wrong'), s.model('openai'), f.start({ prompt: '[plain]' }), { stream }).then(() => null, x => x);
                assert.ok(e instanceof f.error_class[401], `${e?.constructor?.name}: ${e?.message}`);
                assert.equal(e.status, 401);
                assert.ok(!e.message.includes('sk-wrong'), 'the wrong key is repeated');
            }
            assert.equal(s.back.exchanges.length, 0);
            await s.verify();
        });
        test(`${facade} client: an unknown model`, { timeout: 30_000 }, async () => {
            const e = await f.send(f.make(s.url, s.key), 'no-such-model', f.start({ prompt: '[plain]' })).then(() => null, x => x);
            assert.ok(e instanceof f.error_class[404], `${e?.constructor?.name}: ${e?.message}`);
            assert.equal(e.status, 404);
            assert.equal(s.back.exchanges.length, 0);
            await s.verify();
        });
    }
    for (const header of ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key'])
        test(`the key in ${header}`, { timeout: 30_000 }, async () => {
            const value = k => header === 'authorization' ? `Bearer ${k}` : k;
            for (const [key, status] of [[master_key, 200], [`${master_key}x`, 401], [master_key.slice(0, -1), 401], ['', 401]]) {
                const r = await fetch(`${s.direct_url}/v1/models`, { headers: { [header]: value(key) } });
                await r.arrayBuffer();
                assert.equal(r.status, status, key);
            }
        });

    test('openai client: models.list and models.retrieve', { timeout: 30_000 }, async () => {
        const client = new OpenAI({ baseURL: `${s.url}/v1`, apiKey: s.key, maxRetries: 0 });
        const list = await client.models.list();
        assert.deepEqual(list.data.map(m => m.id).sort(), ['az', 'az-think', 'claude', 'gem', 'gpt', 'gpt-think']);
        assert.deepEqual(check_schema('ListModelsResponse', JSON.parse(s.front.last.reply.body)), []);
        const one = await client.models.retrieve('claude');
        assert.equal(one.id, 'claude');
        assert.deepEqual(check_schema('Model', JSON.parse(s.front.last.reply.body)), []);
        await assert.rejects(client.models.retrieve('no-such-model'), OpenAI.NotFoundError);
        await assert.rejects(new OpenAI({ baseURL: `${s.url}/v1`, apiKey: 'sk-wrong', maxRetries: 0 }).models.list(), OpenAI.AuthenticationError);
    });
    test('anthropic client: models.list', { timeout: 30_000 }, async () => {
        const client = new Anthropic({ baseURL: s.url, apiKey: s.key, maxRetries: 0 });
        const ids = [];
        for await (const m of client.models.list()) ids.push(m.id);
        assert.ok(ids.includes('claude') && ids.includes('gpt'), ids.join());
    });
    test('gemini client: models.list', { timeout: 30_000 }, async () => {
        const ids = [];
        for await (const m of await facades.gemini.make(s.url, s.key).models.list({ config: { queryBase: true } })) ids.push(m.name);
        assert.ok(ids.some(n => n.replace(/^models\//, '') === 'gem'), ids.join());
        assert.deepEqual(check_message('ListModelsResponse', JSON.parse(s.front.last.reply.body)), []);
    });

    test('health needs no key', { timeout: 30_000 }, async () => {
        for (const path of ['/health/liveliness', '/health/readiness']) {
            const r = await fetch(`${s.direct_url}${path}`);
            await r.arrayBuffer();
            assert.equal(r.status, 200, path);
        }
    });
    test('/chat/completions without /v1', { timeout: 30_000 }, async () => {
        const client = new OpenAI({ baseURL: s.url, apiKey: s.key, maxRetries: 0 });
        const r = await client.chat.completions.create({ model: s.model('anthropic'), messages: [{ role: 'user', content: '[image]' }] });
        assert.equal(r.choices[0].message.content, 'A red dot.');
        await s.verify();
    });
    test('the answer names its request, model, provider and attempts', { timeout: 30_000 }, async () => {
        const r = await fetch(`${s.direct_url}/v1/chat/completions`, {
            method: 'POST', headers: { authorization: `Bearer ${s.key}`, 'content-type': 'application/json' },
            body: JSON.stringify({ model: 'claude', messages: [{ role: 'user', content: '[plain]' }] }),
        });
        await r.arrayBuffer();
        const names = [...r.headers.keys()];
        for (const wanted of [/request-id|call-id/, /model/, /provider/, /retries/, /fallbacks/, /overhead/])
            assert.ok(names.some(n => wanted.test(n)), `no header like ${wanted} in ${names}`);
    });
    test('no key in the log, one JSON line per call', { timeout: 30_000 }, async () => {
        const before_calls = s.gateway.log.length;
        for (const [, f] of Object.entries(facades)) await f.send(f.make(s.url, s.key), s.model('gemini'), f.start({ prompt: '[plain] secret-in-the-prompt' }));
        // The log is written in batches: look until the lines are there, not for a fixed time.
        const json_lines = () => s.gateway.log.slice(before_calls).split('\n').filter(Boolean)
            .map(l => { try { return JSON.parse(l); } catch { return null; } }).filter(Boolean);
        let lines = json_lines();
        for (const end = Date.now() + 10_000; lines.length < 4 && Date.now() < end; lines = json_lines())
            await new Promise(done => setImmediate(done));
        for (const secret of [master_key, ...Object.values(upstream_keys), 'secret-in-the-prompt', 'sk-wrong']) assert.ok(!s.gateway.log.includes(secret), `the log shows ${secret}`);
        assert.ok(lines.length >= 4, `${lines.length} JSON lines after 4 calls:\n${s.gateway.log.slice(before_calls)}`);
    });
});
