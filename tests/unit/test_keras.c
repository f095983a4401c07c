/* The tables of Keras' layers, names of groups, zip members, HDF5 attributes that are split. */
#include "codec/zip.h"
#include "frontend/keras/layers/keras_operations.h"
#include "weights/hdf5.h"

#include "support.h"

#define CASES TEST_DATA "/../cases/"

static void every_class_is_found_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < keras_families_n; i++)
        for (size_t k = 0; k < keras_families[i]->n; k++) {
            const struct keras_class *c = &keras_families[i]->classes[k];
            assert_ptr_equal(keras_class_find(c->name), c);
            assert_true(c->lower || c->limits);
        }
    for (size_t i = 0; i < keras_operation_lists_n; i++)
        for (size_t k = 0; k < keras_operation_lists[i]->n; k++) {
            const struct keras_class *c = &keras_operation_lists[i]->rows[k].class;
            assert_ptr_equal(keras_operation_find(c->name), c);
        }
    assert_null(keras_class_find("NoSuchLayer"));
    assert_null(keras_class_find("ops.NoSuchOperation"));
}

static void a_function_has_one_operation(void **state)
{
    (void)state;
    for (size_t i = 0; i < keras_operation_lists_n; i++)
        for (size_t k = 0; k < keras_operation_lists[i]->n; k++) {
            const struct keras_operation *o = &keras_operation_lists[i]->rows[k];
            for (size_t m = 0; m < OPERATION_NAMES && o->functions[m]; m++)
                assert_ptr_equal(keras_function_find(o->functions[m]), o);
        }
}

static void classes_name_groups(void **state)
{
    static const char *const names[][2] = {
        { "Dense", "dense" },           { "Conv2D", "conv2d" },           { "MaxPooling2D", "max_pooling2d" },
        { "GRUCell", "gru_cell" },      { "LSTM", "lstm" },               { "StackedRNNCells", "stacked_rnn_cells" },
        { "PReLU", "p_re_lu" },         { "Conv2DTranspose", "conv2d_transpose" },
        { "TFOpLambda", "tf_op_lambda" }, { "InputLayer", "input_layer" },
    };
    char room[64];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        keras_snake_case(names[i][0], room, sizeof room);
        assert_string_equal(room, names[i][1]);
    }
}

static void python_numbers_are_read(void **state)
{
    static const char text[] = "{\"a\": NaN, \"b\": [-Infinity, 1], \"c\": \"NaN \\\" Infinity\"}";
    tfp_context *ctx;
    json_t *j;
    double value;
    (void)state;
    assert_int_equal(tfp_context_create(&ctx), TFP_OK);
    assert_int_equal(json_read(ctx, bytes_of(text), "it", &j), TFP_OK);
    assert_true(keras_number(keras_get(j, "a"), &value) && value != value);
    assert_true(keras_number(json_array_get(keras_get(j, "b"), 0), &value) && value < 0);
    assert_string_equal(keras_text(j, "c"), "NaN \" Infinity");
    json_decref(j);
    tfp_context_destroy(ctx);
}

static void stored_members_and_data_sets_are_views(void **state)
{
    tfp_context *ctx;
    struct buffer *file, *owner;
    struct zip z;
    struct bytes image;
    struct hdf5 *h;
    struct tensor t;
    (void)state;
    assert_int_equal(tfp_context_create(&ctx), TFP_OK);
    assert_int_equal(buffer_map(ctx, CASES "keras_three_int8/model.keras", &file), TFP_OK);
    assert_int_equal(zip_open(ctx, file, &z), TFP_OK);
    const struct zip_member *m = zip_find(&z, "model.weights.h5");
    assert_non_null(m);
    assert_int_equal(zip_read(ctx, &z, m, &owner, &image), TFP_OK);
    assert_ptr_equal(owner, file);
    assert_int_equal(hdf5_open(ctx, owner, image, &h), TFP_OK);
    assert_true(hdf5_is_group(h, "layers/dense"));
    assert_false(hdf5_is_data_set(h, "layers/dense"));
    assert_int_equal(hdf5_read(ctx, h, "layers/dense/vars/0", &t), TFP_OK);
    assert_int_equal(t.dtype, TFP_INT8);
    assert_int_equal(t.count, 64);
    assert_ptr_equal(t.owner, file);
    tensor_release(&t);
    hdf5_rest(h);
    assert_int_equal(hdf5_read(ctx, h, "layers/dense/vars/0", &t), TFP_OK);
    assert_int_equal(t.count, 64);
    tensor_release(&t);
    assert_int_equal(hdf5_read(ctx, h, "layers/dense/vars/9", &t), TFP_E_FORMAT);
    hdf5_close(h);
    buffer_drop(owner);
    zip_close(&z);
    buffer_drop(file);
    tfp_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_class_is_found_once),    cmocka_unit_test(a_function_has_one_operation),
        cmocka_unit_test(classes_name_groups),          cmocka_unit_test(python_numbers_are_read),
        cmocka_unit_test(stored_members_and_data_sets_are_views),
    };
    return cmocka_run_group_tests_name("keras", tests, NULL, NULL);
}
