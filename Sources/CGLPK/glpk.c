// Empty when the package trait GLPK is off, so that the package builds where GLPK is not installed.
#ifdef SOLVE_GLPK
#include "CGLPK.h"

#include <math.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local int depth;
static _Thread_local jmp_buf *guard;
static _Thread_local char last_text[1024];
static _Thread_local int out_of_memory;
static _Thread_local solve_glpk_text text_sink;
static _Thread_local void *text_info;
static _Thread_local solve_glpk_stop stop_check;
static _Thread_local void *stop_info;

static void on_error(void *info) {
  (void)info;
  if (strstr(last_text, "memory") != NULL) out_of_memory = 1;
  if (guard != NULL) longjmp(*guard, SOLVE_GLPK_FAILED);
}

static int on_text(void *info, const char *text) {
  (void)info;
  size_t length = strlen(last_text), more = strlen(text);
  if (length > 0 && last_text[length - 1] == '\n' && strncmp(text, "Error detected", 14) != 0) length = 0;
  if (more > sizeof last_text - 1 - length) more = sizeof last_text - 1 - length;
  memcpy(last_text + length, text, more);
  last_text[length + more] = 0;
  if (text_sink != NULL) text_sink(text, text_info);
  if (stop_check != NULL && guard != NULL && stop_check(stop_info)) longjmp(*guard, SOLVE_GLPK_ABANDONED);
  return 1;
}

// Runs `statement` so that a failure inside GLPK ends up here, and gives `result` the code of the failure.
#define GUARDED(result, statement)         \
  do {                                     \
    jmp_buf here, *outer = guard;          \
    guard = &here;                         \
    last_text[0] = 0;                      \
    int jumped = setjmp(here);             \
    if (jumped == 0) {                     \
      statement;                           \
    } else {                               \
      result = jumped;                     \
    }                                      \
    guard = outer;                         \
  } while (0)

#define RETURN_GUARDED(statement) \
  volatile int code = 0;          \
  GUARDED(code, statement);       \
  return code

void solve_glpk_enter(void) {
  if (depth++ == 0) {
    glp_init_env();
    glp_error_hook(on_error, NULL);
    glp_term_hook(on_text, NULL);
    out_of_memory = 0;
    text_sink = NULL;
    stop_check = NULL;
  }
}

void solve_glpk_leave(void) {
  if (--depth == 0) {
    text_sink = NULL;
    stop_check = NULL;
    glp_free_env();
  }
}

void solve_glpk_output(solve_glpk_text text, void *info) {
  text_sink = text;
  text_info = info;
}

void solve_glpk_watch(solve_glpk_stop stop, void *info) {
  stop_check = stop;
  stop_info = info;
}

solve_glpk_stop solve_glpk_watched(void **info) {
  *info = stop_info;
  return stop_check;
}

const char *solve_glpk_failure(void) { return last_text; }
int solve_glpk_out_of_memory(void) { return out_of_memory; }
int solve_glpk_is_threadsafe(void) { return glp_config("TLS") != NULL; }

void solve_glpk_memory_limit(int megabytes) {
  if (megabytes > 0) glp_mem_limit(megabytes);
}

static int bound_type(double lower, double upper) {
  if (isinf(lower)) return isinf(upper) ? GLP_FR : GLP_UP;
  if (isinf(upper)) return GLP_LO;
  return lower == upper ? GLP_FX : GLP_DB;
}

static void set_matrix_row(
  glp_prob *problem, int row, int64_t count, const int32_t *columns, const double *values, int *indices,
  double *coefficients) {
  for (int64_t k = 0; k < count; k++) {
    indices[k + 1] = columns[k] + 1;
    coefficients[k + 1] = values[k];
  }
  glp_set_mat_row(problem, row + 1, (int)count, indices, coefficients);
}

glp_prob *solve_glpk_load(
  int32_t rows, int32_t columns, int maximize, double constant, const double *objective, const double *column_lower,
  const double *column_upper, const uint8_t *is_integer, const int64_t *starts, const int32_t *entry_columns,
  const double *entry_values, const double *row_lower, const double *row_upper) {
  glp_prob *volatile problem = NULL;
  int *indices = malloc(((size_t)columns + 1) * sizeof *indices);
  double *coefficients = malloc(((size_t)columns + 1) * sizeof *coefficients);
  volatile int code = indices == NULL || coefficients == NULL ? SOLVE_GLPK_FAILED : 0;
  if (code == 0) {
    GUARDED(code, {
      glp_prob *p = glp_create_prob();
      problem = p;
      glp_set_obj_dir(p, maximize ? GLP_MAX : GLP_MIN);
      if (rows > 0) glp_add_rows(p, rows);
      if (columns > 0) glp_add_cols(p, columns);
      glp_set_obj_coef(p, 0, constant);
      for (int32_t j = 0; j < columns; j++) {
        glp_set_col_bnds(p, j + 1, bound_type(column_lower[j], column_upper[j]), column_lower[j], column_upper[j]);
        if (objective[j] != 0) glp_set_obj_coef(p, j + 1, objective[j]);
        if (is_integer[j]) glp_set_col_kind(p, j + 1, GLP_IV);
      }
      for (int32_t i = 0; i < rows; i++) {
        if (starts[i + 1] - starts[i] > columns) glp_error("a row has more entries than there are columns\n");
        glp_set_row_bnds(p, i + 1, bound_type(row_lower[i], row_upper[i]), row_lower[i], row_upper[i]);
        set_matrix_row(
          p, i, starts[i + 1] - starts[i], entry_columns + starts[i], entry_values + starts[i], indices, coefficients);
      }
      // The order of entries steers GLPK's pivots; sorted it does not depend on how the model was written.
      glp_sort_matrix(p);
    });
  }
  free(indices);
  free(coefficients);
  return code == 0 ? problem : NULL;
}

void solve_glpk_delete(glp_prob *problem) {
  volatile int code = 0;
  GUARDED(code, glp_delete_prob(problem));
  (void)code;
}

int solve_glpk_set_column_bounds(glp_prob *problem, int column, double lower, double upper) {
  RETURN_GUARDED(glp_set_col_bnds(problem, column + 1, bound_type(lower, upper), lower, upper));
}

int solve_glpk_set_row_bounds(glp_prob *problem, int row, double lower, double upper) {
  RETURN_GUARDED(glp_set_row_bnds(problem, row + 1, bound_type(lower, upper), lower, upper));
}

int solve_glpk_set_objective(glp_prob *problem, int column, double value) {
  RETURN_GUARDED(glp_set_obj_coef(problem, column + 1, value));
}

int solve_glpk_set_row(glp_prob *problem, int row, int count, const int32_t *columns, const double *values) {
  int *indices = malloc(((size_t)count + 1) * sizeof *indices);
  double *coefficients = malloc(((size_t)count + 1) * sizeof *coefficients);
  volatile int code = indices == NULL || coefficients == NULL ? SOLVE_GLPK_FAILED : 0;
  if (code == 0) GUARDED(code, set_matrix_row(problem, row, count, columns, values, indices, coefficients));
  free(indices);
  free(coefficients);
  return code;
}

// Statuses: 0 basic, 1 at lower, 2 at upper, 3 free, 4 fixed.
int solve_glpk_set_basis(glp_prob *problem, const uint8_t *columns, const uint8_t *rows) {
  static const int status[] = {GLP_BS, GLP_NL, GLP_NU, GLP_NF, GLP_NS};
  RETURN_GUARDED({
    for (int j = 0; j < glp_get_num_cols(problem); j++) glp_set_col_stat(problem, j + 1, status[columns[j]]);
    for (int i = 0; i < glp_get_num_rows(problem); i++) glp_set_row_stat(problem, i + 1, status[rows[i]]);
  });
}

int solve_glpk_scale(glp_prob *problem, int flags) { RETURN_GUARDED(glp_scale_prob(problem, flags)); }
int solve_glpk_advanced_basis(glp_prob *problem) { RETURN_GUARDED(glp_adv_basis(problem, 0)); }
int solve_glpk_standard_basis(glp_prob *problem) { RETURN_GUARDED(glp_std_basis(problem)); }
int solve_glpk_warm_up(glp_prob *problem) { RETURN_GUARDED(code = glp_warm_up(problem)); }

int solve_glpk_simplex(glp_prob *problem, const glp_smcp *parameters) {
  RETURN_GUARDED(code = glp_simplex(problem, parameters));
}

int solve_glpk_exact(glp_prob *problem, const glp_smcp *parameters) {
  RETURN_GUARDED(code = glp_exact(problem, parameters));
}

int solve_glpk_interior(glp_prob *problem, const glp_iptcp *parameters) {
  RETURN_GUARDED(code = glp_interior(problem, parameters));
}

int solve_glpk_intopt(glp_prob *problem, const glp_iocp *parameters) {
  RETURN_GUARDED(code = glp_intopt(problem, parameters));
}

glp_prep *solve_glpk_presolve(glp_prob *problem, glp_prob **reduced, int *status) {
  glp_prep *volatile prep = NULL;
  glp_prob *volatile result = NULL;
  volatile int code = 0;
  volatile int verdict = 0;
  GUARDED(code, {
    prep = glp_npp_alloc_wksp();
    glp_npp_load_prob(prep, problem, GLP_SOL, GLP_OFF);
    verdict = glp_npp_preprocess1(prep, 0);
    if (verdict == 0) {
      glp_prob *q = glp_create_prob();
      result = q;
      glp_npp_build_prob(prep, q);
    }
  });
  *status = code != 0 ? code : verdict;
  *reduced = result;
  return prep;
}

int solve_glpk_postsolve(glp_prep *prep, glp_prob *reduced, glp_prob *problem) {
  RETURN_GUARDED({
    glp_npp_postprocess(prep, reduced);
    glp_npp_obtain_sol(prep, problem);
  });
}

void solve_glpk_free_presolve(glp_prep *prep) {
  volatile int code = 0;
  GUARDED(code, glp_npp_free_wksp(prep));
  (void)code;
}

int solve_glpk_heuristic_solution(glp_tree *tree, const double *values) {
  RETURN_GUARDED(code = glp_ios_heur_sol(tree, values));
}

int solve_glpk_terminate(glp_tree *tree) { RETURN_GUARDED(glp_ios_terminate(tree)); }

int solve_glpk_btran(glp_prob *problem, double *values) { RETURN_GUARDED(glp_btran(problem, values)); }

int solve_glpk_table_column(glp_prob *problem, int k, int *indices, double *values) {
  RETURN_GUARDED(code = glp_eval_tab_col(problem, k, indices, values));
}

int solve_glpk_factorize(glp_prob *problem) { RETURN_GUARDED(code = glp_factorize(problem)); }
#endif
