// SPDX-License-Identifier: BSL-1.0
// Files and batches through the SDKs of OpenAI and Anthropic: batches that the gateway carries out, over the vendor of the other language.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI, { NotFoundError, toFile } from 'openai';
import { check_schema } from './lib/ajv_openai.mjs';
import { needs_gateway, Stack } from './lib/stack.mjs';

const line = (id, model, text) => JSON.stringify({
    custom_id: id, method: 'POST', url: '/v1/chat/completions', body: { model, max_tokens: 20, messages: [{ role: 'user', content: text }] },
});
const lines_of = text => text.trimEnd().split('\n').map(l => JSON.parse(l));
const until = async (ended, ask) => {
    for (let left = 400; left > 0; --left) {
        const now = await ask();
        if (ended(now)) return now;
        await new Promise(r => setTimeout(r, 25));
    }
    assert.fail('the batch did not end within 10 s: ' + JSON.stringify(await ask()));
};

describe('files and batches', { timeout: 120_000, skip: needs_gateway }, () => {
    let s, openai, anthropic;
    before(async () => {
        if (needs_gateway) return;
        s = await Stack.start();
        openai = new OpenAI({ baseURL: `${s.url}/v1`, apiKey: s.key, maxRetries: 0, timeout: 15_000 });
        anthropic = new Anthropic({ baseURL: s.url, apiKey: s.key, maxRetries: 0, timeout: 15_000 });
    });
    after(() => s?.stop());
    beforeEach(() => s?.reset());

    test('a file is uploaded, listed, read and deleted', { timeout: 30_000 }, async () => {
        const text = line('a', s.model('anthropic'), 'é') + '\n';
        const made = await openai.files.create({ file: await toFile(Buffer.from(text), 'calls.jsonl'), purpose: 'batch' });
        assert.deepEqual(check_schema('OpenAIFile', JSON.parse(JSON.stringify(made))), []);
        assert.equal(made.filename, 'calls.jsonl');
        assert.equal(made.bytes, Buffer.byteLength(text));
        assert.equal(await (await openai.files.content(made.id)).text(), text);
        assert.deepEqual((await openai.files.retrieve(made.id)).id, made.id);
        const ids = [];
        for await (const f of openai.files.list({ purpose: 'batch', limit: 1 })) ids.push(f.id);
        assert.deepEqual(ids, [made.id]);
        assert.equal((await openai.files.delete(made.id)).deleted, true);
        await assert.rejects(openai.files.retrieve(made.id), NotFoundError);
    });

    test("a batch of OpenAI's form runs over Anthropic", { timeout: 30_000 }, async () => {
        const text = ['a', 'b', 'c'].map(id => line(id, s.model('anthropic'), '[plain]')).join('\n') + '\n' + line('wrong', 'no-such-model', 'x') + '\n';
        const file = await openai.files.create({ purpose: 'batch', file: await toFile(Buffer.from(text), 'calls.jsonl') });
        const made = await openai.batches.create({ input_file_id: file.id, endpoint: '/v1/chat/completions', completion_window: '24h', metadata: { run: '1' } });
        assert.deepEqual(check_schema('Batch', JSON.parse(JSON.stringify(made, (k, v) => v ?? undefined))), []);
        const done = await until(b => ['completed', 'failed', 'expired', 'cancelled'].includes(b.status), () => openai.batches.retrieve(made.id));
        assert.equal(done.status, 'completed');
        assert.deepEqual(done.request_counts, { total: 4, completed: 3, failed: 1 });
        const results = lines_of(await (await openai.files.content(done.output_file_id)).text());
        assert.deepEqual(results.map(r => r.custom_id).sort(), ['a', 'b', 'c']);
        for (const r of results) {
            assert.equal(r.response.status_code, 200);
            assert.deepEqual(check_schema('CreateChatCompletionResponse', r.response.body), []);
            assert.ok(r.response.body.choices[0].message.content.length > 0);
        }
        const errors = lines_of(await (await openai.files.content(done.error_file_id)).text());
        assert.deepEqual(errors.map(r => [r.custom_id, r.response.status_code]), [['wrong', 404]]);
        assert.equal(s.back.exchanges.length, 3);
        for (const x of s.back.exchanges) assert.equal(x.path, '/v1/messages');
        const ids = [];
        for await (const b of openai.batches.list({ limit: 1 })) ids.push(b.id);
        assert.deepEqual(ids, [made.id]);
    });

    test("a batch of Anthropic's form runs over OpenAI", { timeout: 30_000 }, async () => {
        const params = { model: s.model('openai'), max_tokens: 20, messages: [{ role: 'user', content: '[plain]' }] };
        const made = await anthropic.messages.batches.create({ requests: [{ custom_id: 'x', params }, { custom_id: 'y', params }] });
        assert.equal(made.type, 'message_batch');
        const done = await until(b => b.processing_status === 'ended', () => anthropic.messages.batches.retrieve(made.id));
        assert.deepEqual(done.request_counts, { processing: 0, succeeded: 2, errored: 0, canceled: 0, expired: 0 });
        const results = [];
        for await (const r of await anthropic.messages.batches.results(made.id)) results.push(r);
        assert.deepEqual(results.map(r => r.custom_id).sort(), ['x', 'y']);
        for (const r of results) {
            assert.equal(r.result.type, 'succeeded');
            assert.equal(r.result.message.type, 'message');
        }
        assert.equal((await anthropic.messages.batches.delete(made.id)).type, 'message_batch_deleted');
    });
});
