'use strict';
// What fwctl is measured against: the Azure service SDK, used as its own examples do.
//   peer.js job ID     prints one job
//   peer.js rows SQL   prints every row as a line of JSON
const { registry, jobs, say, run } = require('../interop/connect');

const [what, argument] = process.argv.slice(2);

async function job() {
  say((await jobs().getJob(argument)).jobStatus);
}

async function rows() {
  const query = registry().createQuery(argument, 100);
  while (query.hasMoreResults) {
    // Without its own token, next() would ask for the first page again.
    for (const row of (await query.next(query.continuationToken)).result) say(row);
  }
}

run({ job, rows }[what]);
