/* Copyright (c) 2026, the slipway.stack authors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The protocol of migration_gate for one database: what every order of events can lead to.
 *
 * A deployer may stop for any time between two statements (a slow API server, a closed laptop),
 * may be killed there and be started again, and may lose its Lease though it lives. A request to
 * create a Job travels by itself: its deployer may be gone when it arrives. Time has no clock
 * here, so whatever holds does not depend on how long anything takes, but for one assumption: a
 * finished Job is kept (scribe.KEEP_S) for longer than a request to create one travels, counted
 * from the last renewal of the Lease, the line before. And pods that ended go with their Job.
 *
 * Taken out on demand, to see the checker find what it then must:
 *   NO_LEASE     everybody believes to hold it            NO_SLOT   every Job has a name of its own
 *   NO_PODS      pods that outlive their Job are ignored  BELIEVE   "Complete" needs no pod as proof
 *   NO_TAKEOVER  a dead holder keeps the Lease            EARLY_TTL the assumption above
 *   ONLY_AT_ONCE is no guard: repeated runs are not looked for, to see two at once
 */

#ifndef DEPLOYERS
#define DEPLOYERS 2
#endif
#ifndef RUNS
#define RUNS 1          /* how many different releases they want to run */
#endif
#ifndef KILLS
#define KILLS 1         /* deployers killed */
#endif
#ifndef LOSSES
#define LOSSES 1        /* Leases lost by a deployer that lives */
#endif
#ifndef FAULTS
#define FAULTS 1        /* migrations that fail, pods that are deleted, requests that time out */
#endif
#define SLOTS 6

#define NOBODY 0
#define DEAD 9

mtype = { none, running, complete, failed };            /* a Job's condition */
mtype = { absent, alive, proof, ending, gone };         /* its pod */

typedef Job {
    mtype is = none;
    mtype pod = absent;
    byte release;
    byte slot;
    bool recorded;
    bool passed             /* the truth: its container ended with 0 and was not disturbed */
}

Job job[SLOTS];
bool taken[SLOTS];          /* a record has this sequence */
byte failure[SLOTS];        /* it is one of a failure of this run, 1 + release */
bool marker[RUNS];          /* the record of the passed run */
byte holder = NOBODY;       /* of the Lease: 1 + deployer */
bool kill[DEPLOYERS];
bool answered[DEPLOYERS];
bool sending[DEPLOYERS];     /* between the renewal of the Lease and the request */
byte kills, losses, faults, over, travelling;
chan wire = [DEPLOYERS + KILLS + FAULTS] of { byte, byte, byte };   /* deployer, slot, release */

#define SQL(n) (job[n].pod == alive || job[n].pod == ending)
#define BUSY (SQL(1) + SQL(2) + SQL(3) + SQL(4) + SQL(5))   /* pods that may run SQL */

/* --- a deployer: gate.py ------------------------------------------------------------------ */

/* store.scene: Jobs first, then records. `oldest`: the Job whose end is not recorded yet. */
inline look_at_jobs() {
    top = 0; oldest = 0;
    for (i : 1 .. SLOTS - 1) {
        if
        :: job[i].is != none ->
            top = (job[i].slot > top -> job[i].slot : top);
            if :: !job[i].recorded && oldest == 0 -> oldest = i :: else fi
        :: else
        fi
    }
    i = 0
}

inline look_at_records() {
    hit = marker[want]; missed = false;
    for (i : 1 .. SLOTS - 1) {
        if
        :: taken[i] ->
            top = (i > top -> i : top);
            missed = missed || (failure[i] == 1 + want && i > since)
        :: else
        fi
    }
    i = 0
}

/* Lock.confirm: a PUT with the resourceVersion that was read, so only the holder succeeds. */
inline confirm() {
#ifndef NO_LEASE
    if :: holder == 1 + me :: else -> goto lost fi
#else
    skip
#endif
}

/* Lock.try_take: free, silent for a whole duration because its holder is dead, or silent though
   it lives (frozen, cut off, slow): then it is lost. */
inline take_lease() {
#ifdef NO_LEASE
    skip
#else
    if
    :: atomic { holder == NOBODY -> holder = 1 + me }
#ifndef NO_TAKEOVER
    :: atomic { holder == DEAD -> holder = 1 + me }
#endif
    :: atomic { holder != NOBODY && holder != DEAD && holder != 1 + me && losses < LOSSES ->
                losses++; holder = 1 + me }
    fi
#endif
}

proctype Deployer(byte me; byte want) {
    byte i, top, oldest, since, slot, release;
    bool hit, missed, held, good, truth, fresh;

begin:
    {
        held = false; since = 0; fresh = true;
look:
        atomic { look_at_jobs() }
        atomic { look_at_records(); if :: fresh -> since = top; missed = false; fresh = false :: else fi }
        if
        :: hit || missed -> goto done                       /* steps.Done */
        :: else
        fi;
        if
        :: oldest != 0 && job[oldest].is == running ->      /* steps.Follow and steps.Wait */
            atomic { job[oldest].is != running -> goto look }
        :: else
        fi;
        if
        :: !held -> take_lease(); held = true; goto look    /* Gate._take_lock */
        :: else
        fi;
        if
        :: oldest != 0 -> goto settle
        :: else
        fi;

        /* Gate._create */
#ifndef NO_PODS
        if
        :: BUSY > 0 -> atomic { BUSY == 0 -> goto look }
        :: else
        fi;
#endif
        atomic { confirm(); sending[me] = true }
        atomic { wire ! me, top + 1, want; sending[me] = false; answered[me] = false; travelling++ }
        if
        :: answered[me]
        :: atomic { faults < FAULTS -> faults++ }           /* ConnectError: no answer in time */
        fi;
        goto look;
settle: /* Scribe.settle: classify, confirm, record, let go */
        atomic {
            if
            :: job[oldest].is == none -> goto look          /* another was faster */
            :: else
            fi;
            slot = job[oldest].slot; release = job[oldest].release; truth = job[oldest].passed;
#ifdef BELIEVE
            good = (job[oldest].is == complete)
#else
            good = (job[oldest].is == complete && job[oldest].pod == proof)
#endif
        }
        confirm();
        atomic {                                            /* created once, never changed */
            if
            :: good ->
                assert(truth);                              /* a marker implies a passed run */
                marker[release] = true
            :: !good && !taken[slot] -> failure[slot] = 1 + release
            :: else
            fi;
            taken[slot] = true
        }
        atomic {                                            /* noted on the Job, if it is there */
            if :: job[oldest].slot == slot -> job[oldest].recorded = true :: else fi;
            slot = 0; release = 0; good = false; truth = false;
            goto look
        }
    } unless {
        kill[me] -> atomic {
            kill[me] = false; sending[me] = false;
            if :: holder == 1 + me -> holder = DEAD :: else fi;
            goto begin                                      /* somebody deploys again */
        }
    }
lost:   /* writes nothing any more; follows what is there and answers lock_lost */
done:
    atomic {
        if :: holder == 1 + me -> holder = NOBODY :: else fi;
        over++
    }
}

/* --- the API server, and the cluster behind it -------------------------------------------- */

inline create(slot, release) {
#ifdef NO_SLOT
    place = 1;
    do
    :: place < SLOTS && job[place].is != none -> place++
    :: else -> break
    od;
#else
    place = slot;
#endif
    assert(place < SLOTS);
    if
    :: job[place].is != none                                /* 409 AlreadyExists */
    :: else ->
        busy = BUSY;
        assert(busy == 0);                                  /* never two at once */
#ifndef ONLY_AT_ONCE
        assert(!marker[release]);                           /* passed runs are not repeated */
#endif
        job[place].is = running; job[place].pod = alive;
        job[place].release = release; job[place].slot = slot;
        job[place].recorded = false; job[place].passed = false
    fi
}

active proctype Server() {
    byte from, slot, release, place, busy;
end:
    do
    :: atomic { wire ?? from, slot, release ->                  /* in any order */
                create(slot, release); travelling--; answered[from] = true;
                from = 0; slot = 0; release = 0; place = 0; busy = 0 }
    od
}

#define EACH_JOB(n) \
    :: atomic { job[n].is == running && job[n].pod == alive -> \
                job[n].pod = proof; job[n].passed = true; job[n].is = complete } \
    :: atomic { job[n].is == running && job[n].pod == alive && faults < FAULTS -> faults++; \
                job[n].pod = gone; job[n].is = failed }              /* ends with an error */ \
    :: atomic { job[n].is == running && job[n].pod == alive && faults < FAULTS -> faults++; \
                job[n].pod = ending; job[n].is = failed }            /* deleted, still ending */ \
    :: atomic { job[n].is == running && job[n].pod == alive && faults < FAULTS -> faults++; \
                job[n].pod = gone; job[n].is = complete }            /* exits 0 on SIGTERM */ \
    :: atomic { job[n].pod == ending -> job[n].pod = gone } \
    :: atomic { job[n].recorded && job[n].pod != ending && TTL -> \
                job[n].is = none; job[n].pod = absent; job[n].recorded = false; \
                job[n].release = 0; job[n].slot = 0; job[n].passed = false }

#ifdef EARLY_TTL
#define TTL true
#else
#define TTL (travelling == 0 && !sending[0] && !sending[1] && !sending[DEPLOYERS - 1])
#endif

active proctype Cluster() {
end:
    do
    EACH_JOB(1)
    EACH_JOB(2)
    EACH_JOB(3)
    EACH_JOB(4)
    EACH_JOB(5)
    od
}

active proctype Reaper() {
    byte victim;
end:
    do
    :: kills < KILLS ->
        atomic {
            select(victim : 0 .. DEPLOYERS - 1);
            kills++;
            kill[victim] = true;
            victim = 0
        }
    od
}

/* Whatever happened, it comes to an end, and then a run is recorded, passed or failed. */
proctype Judge() {
    byte i;
    bool any;
    atomic {
        over == DEPLOYERS;
        for (i : 1 .. SLOTS - 1) { any = any || taken[i] }
        assert(any)                                         /* somebody makes progress */
    }
}

init {
    byte n;
    atomic {
        for (n : 0 .. DEPLOYERS - 1) { run Deployer(n, n % RUNS) }
        run Judge();
        n = 0
    }
}
