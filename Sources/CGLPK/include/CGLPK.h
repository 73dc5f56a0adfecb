// GLPK as Swift may call it: no call aborts the process, none prints.
//
// GLPK answers a bad argument, a failed internal check or exhausted memory by calling an error hook and then abort().
// Every call here that can do so runs under a setjmp in this file; the hook jumps back to it, so that no Swift frame is
// ever jumped over. After a failure the object of that call must not be used again; leaving the outermost
// solve_glpk_enter/leave pair frees everything of the thread. GLPK's state is thread-local: one thread from enter to
// leave.

#ifndef CGLPK_H
#define CGLPK_H

#include <glpk.h>
#include <stdint.h>

/// Returned by guarded calls when GLPK failed; solve_glpk_failure() has the text.
#define SOLVE_GLPK_FAILED (-1000)
/// Returned by guarded calls that solve_glpk_watch asked to abandon.
#define SOLVE_GLPK_ABANDONED (-1001)

/// Receives GLPK's output piece by piece.
typedef void (*solve_glpk_text)(const char *text, void *info);
/// Asked whenever GLPK prints; nonzero abandons the guarded call that is under way.
typedef int (*solve_glpk_stop)(void *info);

/// Opens GLPK on this thread; calls nest.
void solve_glpk_enter(void);
/// Closes it; the outermost call frees all memory of the thread.
void solve_glpk_leave(void);
/// Where output goes; null discards it. Returns nothing; applies to this thread.
void solve_glpk_output(solve_glpk_text text, void *info);
/// Lets guarded calls of this thread be abandoned from inside GLPK's output hook; null forbids it.
void solve_glpk_watch(solve_glpk_stop stop, void *info);
/// The watch in force, so that a nested one can restore it.
solve_glpk_stop solve_glpk_watched(void **info);
/// The last text that GLPK printed before it failed on this thread.
const char *solve_glpk_failure(void);
/// Whether GLPK ran out of its memory limit on this thread.
int solve_glpk_out_of_memory(void);
/// Limit in megabytes for this thread, 0 for none.
void solve_glpk_memory_limit(int megabytes);
/// Whether this GLPK keeps its state per thread.
int solve_glpk_is_threadsafe(void);

/// Builds a problem. Rows are compressed; indices from 0; infinite bounds as IEEE infinities. Null on failure.
glp_prob *solve_glpk_load(
  int32_t rows, int32_t columns, int maximize, double constant, const double *objective, const double *column_lower,
  const double *column_upper, const uint8_t *is_integer, const int64_t *starts, const int32_t *entry_columns,
  const double *entry_values, const double *row_lower, const double *row_upper);
void solve_glpk_delete(glp_prob *problem);

int solve_glpk_set_column_bounds(glp_prob *problem, int column, double lower, double upper);
int solve_glpk_set_row_bounds(glp_prob *problem, int row, double lower, double upper);
int solve_glpk_set_objective(glp_prob *problem, int column, double value);
int solve_glpk_set_row(glp_prob *problem, int row, int count, const int32_t *columns, const double *values);
int solve_glpk_set_basis(glp_prob *problem, const uint8_t *columns, const uint8_t *rows);

int solve_glpk_scale(glp_prob *problem, int flags);
int solve_glpk_advanced_basis(glp_prob *problem);
int solve_glpk_standard_basis(glp_prob *problem);
int solve_glpk_simplex(glp_prob *problem, const glp_smcp *parameters);
int solve_glpk_exact(glp_prob *problem, const glp_smcp *parameters);
int solve_glpk_interior(glp_prob *problem, const glp_iptcp *parameters);
int solve_glpk_intopt(glp_prob *problem, const glp_iocp *parameters);
int solve_glpk_warm_up(glp_prob *problem);

glp_prep *solve_glpk_presolve(glp_prob *problem, glp_prob **reduced, int *status);
int solve_glpk_postsolve(glp_prep *prep, glp_prob *reduced, glp_prob *problem);
void solve_glpk_free_presolve(glp_prep *prep);

int solve_glpk_heuristic_solution(glp_tree *tree, const double *values);
int solve_glpk_terminate(glp_tree *tree);

int solve_glpk_btran(glp_prob *problem, double *values);
int solve_glpk_table_column(glp_prob *problem, int k, int *indices, double *values);
int solve_glpk_factorize(glp_prob *problem);

#endif
