// Prints what a migration of Knex sends, and sends nothing: node render.js FILE
const path = require('path');
const knex = require('knex')({client: require('./knexfile').client});
const text = query => (typeof query === 'string' ? query : String(knex.raw(query.sql, query.bindings || [])));
Object.assign(knex.client.constructor.prototype, {
  acquireConnection: async () => ({}),
  releaseConnection: async () => {},
  query: async (_, query) => (console.log(text(query).replace(/;*\s*$/, ';')), query),
  processResponse: () => [],
});
require(path.resolve('m', process.argv[2])).up(knex);
